package dev.poise.server.loadbalancer;

import static dev.poise.server.loadbalancer.Versions.byId;

import dev.poise.server.network.InstanceId;
import dev.poise.server.platform.Questions;
import dev.poise.server.platform.Questions.Command;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.Algorithm;
import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import dev.poise.spec.SpecJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Rows of listeners, pools and members. Only what a change touches is written, and all of it in one
 * round trip.
 */
@Component
class PartStore {
  private static final String LISTENERS =
      """
      SELECT load_balancer_id, id, name, remark, port, protocol, connection_limit, default_pool_id, version, create_time
      FROM listeners WHERE tenant_id = ? AND load_balancer_id = ANY(?) ORDER BY id
      """;
  private static final String POOLS =
      """
      SELECT load_balancer_id, id, name, remark, own_listener_id, algorithm, persistence, health_check,
        next_member_number, version, create_time
      FROM pools WHERE tenant_id = ? AND load_balancer_id = ANY(?) ORDER BY id
      """;
  private static final String MEMBERS =
      """
      SELECT m.pool_id, m.id, m.number, m.name, m.remark, host(m.address) AS address, m.instance_id,
        m.follows_primary, m.port, m.weight, m.mode, m.version, m.create_time
      FROM members m JOIN pools p ON p.id = m.pool_id
      WHERE m.tenant_id = ? AND p.load_balancer_id = ANY(?) ORDER BY m.id
      """;

  private final Questions questions;

  PartStore(Questions questions) {
    this.questions = questions;
  }

  /** What writes the parts of a new load balancer, behind itself. */
  static List<Question> insertions(LoadBalancer loadBalancer) {
    List<Question> changes = new ArrayList<>();
    loadBalancer.pools().forEach(pool -> insert(changes, loadBalancer, pool));
    loadBalancer.listeners().forEach(listener -> changes.add(inserted(loadBalancer, listener)));
    changes.addAll(RuleStore.changes(loadBalancer.tenant(), List.of(), loadBalancer.listeners()));
    return changes;
  }

  /** What writes what differs. */
  static List<Question> changes(LoadBalancer before, LoadBalancer after) {
    TenantId tenant = after.tenant();
    Map<ListenerId, Listener> oldListeners = byId(before.listeners(), Listener::id);
    Map<ListenerId, Listener> newListeners = byId(after.listeners(), Listener::id);
    Map<PoolId, Pool> oldPools = byId(before.pools(), Pool::id);
    Map<PoolId, Pool> newPools = byId(after.pools(), Pool::id);

    List<Question> changes = new ArrayList<>();
    oldListeners.keySet().stream()
        .filter(id -> !newListeners.containsKey(id))
        .forEach(id -> changes.add(deleted("listeners", tenant, id.text())));
    oldPools.keySet().stream()
        .filter(id -> !newPools.containsKey(id))
        .forEach(id -> changes.add(deleted("pools", tenant, id.text())));
    for (Pool pool : after.pools()) {
      Pool old = oldPools.get(pool.id());
      if (old == null) insert(changes, after, pool);
      else if (!pool.equals(old)) update(changes, tenant, old, pool);
    }
    for (Listener listener : after.listeners()) {
      Listener old = oldListeners.get(listener.id());
      if (old == null) changes.add(inserted(after, listener));
      else if (!listener.equals(old)) changes.add(updated(tenant, listener));
    }
    changes.addAll(RuleStore.changes(tenant, before.listeners(), after.listeners()));
    return changes;
  }

  /** What load balancers are made of, by their ids. */
  record Read(
      Map<LoadBalancerId, List<Listener>> listeners, Map<LoadBalancerId, List<Pool>> pools) {
    PartMemory.Parts of(LoadBalancerId id) {
      return new PartMemory.Parts(
          listeners.getOrDefault(id, List.of()), pools.getOrDefault(id, List.of()));
    }
  }

  /** The parts of a tenant's load balancers. */
  Read of(TenantId tenant, String[] loadBalancers) {
    Read read = new Read(new HashMap<>(), new HashMap<>());
    Map<ListenerId, List<Rule>> ofListeners = new HashMap<>();
    Map<PoolId, List<Member>> members = new HashMap<>();
    List<Object> whose = List.of(tenant.text(), loadBalancers);
    questions.ask(
        List.of(
            RuleStore.of(tenant, loadBalancers, ofListeners),
            new Question(
                LISTENERS,
                whose,
                row -> put(read.listeners(), owner(row), listener(row, ofListeners))),
            new Question(
                MEMBERS,
                whose,
                row -> put(members, new PoolId(row.getString("pool_id")), member(row))),
            new Question(POOLS, whose, row -> put(read.pools(), owner(row), pool(row, members)))));
    return read;
  }

  private static LoadBalancerId owner(ResultSet row) throws SQLException {
    return new LoadBalancerId(row.getString("load_balancer_id"));
  }

  static <K, V> void put(Map<K, List<V>> lists, K key, V value) {
    lists.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
  }

  private static Question inserted(LoadBalancer loadBalancer, Listener listener) {
    return Command.of(
            """
            INSERT INTO listeners
              (id, tenant_id, load_balancer_id, name, remark, family, port, protocol, connection_limit, default_pool_id,
               version, create_time)
            VALUES
              (:id, :tenant, :loadBalancer, :name, :remark, :family, :port, :protocol::jsonb, :limit, :pool, :version,
               :created)
            """)
        .param("id", listener.id().text())
        .param("tenant", loadBalancer.tenant().text())
        .param("loadBalancer", loadBalancer.id().text())
        .param("name", listener.name())
        .param("remark", listener.remark())
        .param("family", listener.family().name())
        .param("port", listener.port())
        .param("protocol", SpecJson.write(listener.protocol()))
        .param("limit", limit(listener.connectionLimit()))
        .param("pool", listener.defaultPool().text())
        .param("version", listener.version())
        .param("created", Timestamp.from(listener.createTime()))
        .asked();
  }

  private static Question updated(TenantId tenant, Listener listener) {
    return Command.of(
            """
            UPDATE listeners SET
              name = :name, remark = :remark, protocol = :protocol::jsonb, connection_limit = :limit,
              default_pool_id = :pool, version = :version
            WHERE tenant_id = :tenant AND id = :id
            """)
        .param("name", listener.name())
        .param("remark", listener.remark())
        .param("protocol", SpecJson.write(listener.protocol()))
        .param("limit", limit(listener.connectionLimit()))
        .param("pool", listener.defaultPool().text())
        .param("version", listener.version())
        .param("tenant", tenant.text())
        .param("id", listener.id().text())
        .asked();
  }

  private static Question deleted(String table, TenantId tenant, String id) {
    return Command.of("DELETE FROM " + table + " WHERE tenant_id = :tenant AND id = :id")
        .param("tenant", tenant.text())
        .param("id", id)
        .asked();
  }

  private static void insert(List<Question> changes, LoadBalancer loadBalancer, Pool pool) {
    changes.add(
        Command.of(
                """
                INSERT INTO pools
                  (id, tenant_id, load_balancer_id, name, remark, own_listener_id, algorithm, persistence, health_check,
                   next_member_number, version, create_time)
                VALUES
                  (:id, :tenant, :loadBalancer, :name, :remark, :owner, :algorithm, :persistence::jsonb, :check::jsonb, :next, :version,
                   :created)
                """)
            .param("id", pool.id().text())
            .param("tenant", loadBalancer.tenant().text())
            .param("loadBalancer", loadBalancer.id().text())
            .param("name", pool.name())
            .param("remark", pool.remark())
            .param("owner", pool.owner() == null ? null : pool.owner().text())
            .param("algorithm", pool.algorithm().name())
            .param("persistence", SpecJson.write(pool.persistence()))
            .param("check", SpecJson.write(pool.healthCheck()))
            .param("next", pool.nextMemberNumber())
            .param("version", pool.version())
            .param("created", Timestamp.from(pool.createTime()))
            .asked());
    pool.members()
        .forEach(member -> changes.add(inserted(loadBalancer.tenant(), pool.id(), member)));
  }

  private static void update(List<Question> changes, TenantId tenant, Pool before, Pool after) {
    boolean others = !after.withMembers(before.members(), after.nextMemberNumber()).equals(before);
    if (others) changes.add(updatedAlone(tenant, after));
    Map<MemberId, Member> old = byId(before.members(), Member::id);
    List<MemberId> gone = new ArrayList<>(old.keySet());
    gone.removeAll(byId(after.members(), Member::id).keySet());
    gone.forEach(id -> changes.add(deleted("members", tenant, id.text())));
    for (Member member : after.members()) {
      if (!old.containsKey(member.id())) changes.add(inserted(tenant, after.id(), member));
      else if (!member.equals(old.get(member.id()))) changes.add(updated(tenant, member));
    }
  }

  /** Writes what the pool is apart from its members. */
  private static Question updatedAlone(TenantId tenant, Pool pool) {
    return Command.of(
            """
            UPDATE pools SET
              name = :name, remark = :remark, algorithm = :algorithm, persistence = :persistence::jsonb,
              health_check = :check::jsonb, next_member_number = :next, version = :version
            WHERE tenant_id = :tenant AND id = :id
            """)
        .param("name", pool.name())
        .param("remark", pool.remark())
        .param("algorithm", pool.algorithm().name())
        .param("persistence", SpecJson.write(pool.persistence()))
        .param("check", SpecJson.write(pool.healthCheck()))
        .param("next", pool.nextMemberNumber())
        .param("version", pool.version())
        .param("tenant", tenant.text())
        .param("id", pool.id().text())
        .asked();
  }

  private static Question inserted(TenantId tenant, PoolId pool, Member member) {
    return said(
            Command.of(
                """
                INSERT INTO members
                  (id, tenant_id, pool_id, number, name, remark, address, instance_id, follows_primary, port, weight,
                   mode, version, create_time)
                VALUES
                  (:id, :tenant, :pool, :number, :name, :remark, :address::inet, :instance, :followsPrimary, :port, :weight,
                   :mode, :version, :created)
                """),
            tenant,
            member)
        .param("pool", pool.text())
        .param("number", member.number())
        .param("created", Timestamp.from(member.createTime()))
        .asked();
  }

  private static Question updated(TenantId tenant, Member member) {
    return said(
            Command.of(
                """
                UPDATE members SET
                  name = :name, remark = :remark, address = :address::inet, instance_id = :instance,
                  follows_primary = :followsPrimary, port = :port, weight = :weight, mode = :mode, version = :version
                WHERE tenant_id = :tenant AND id = :id
                """),
            tenant,
            member)
        .asked();
  }

  private static Command said(Command command, TenantId tenant, Member member) {
    return command
        .param("id", member.id().text())
        .param("tenant", tenant.text())
        .param("name", member.name())
        .param("remark", member.remark())
        .param("address", member.address().text())
        .param("instance", member.instance() == null ? null : member.instance().id().text())
        .param("followsPrimary", member.instance() != null && member.instance().followsPrimary())
        .param("port", member.port())
        .param("weight", member.weight())
        .param("mode", member.mode().name())
        .param("version", member.version());
  }

  private static @Nullable Integer limit(ConnectionLimit limit) {
    return switch (limit) {
      case ConnectionLimit.Unlimited _ -> null;
      case ConnectionLimit.AtMost(int connections) -> connections;
    };
  }

  private static Listener listener(ResultSet row, Map<ListenerId, List<Rule>> rules)
      throws SQLException {
    int limit = row.getInt("connection_limit");
    ListenerId id = new ListenerId(row.getString("id"));
    return new Listener(
        id,
        row.getString("name"),
        row.getString("remark"),
        row.getInt("port"),
        SpecJson.read(row.getString("protocol"), Protocol.class),
        limit == 0 ? new ConnectionLimit.Unlimited() : new ConnectionLimit.AtMost(limit),
        new PoolId(row.getString("default_pool_id")),
        rules.getOrDefault(id, List.of()),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }

  private static Pool pool(ResultSet row, Map<PoolId, List<Member>> members) throws SQLException {
    PoolId id = new PoolId(row.getString("id"));
    @Nullable String owner = row.getString("own_listener_id");
    return new Pool(
        id,
        row.getString("name"),
        row.getString("remark"),
        owner == null ? null : new ListenerId(owner),
        Algorithm.valueOf(row.getString("algorithm")),
        SpecJson.read(row.getString("persistence"), Persistence.class),
        SpecJson.read(row.getString("health_check"), HealthCheck.class),
        row.getInt("next_member_number"),
        members.getOrDefault(id, List.of()),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }

  private static Member member(ResultSet row) throws SQLException {
    @Nullable String instance = row.getString("instance_id");
    return new Member(
        new MemberId(row.getString("id")),
        row.getInt("number"),
        row.getString("name"),
        row.getString("remark"),
        new IpAddress(row.getString("address")),
        instance == null
            ? null
            : new InstanceLink(new InstanceId(instance), row.getBoolean("follows_primary")),
        row.getInt("port"),
        row.getInt("weight"),
        MemberMode.valueOf(row.getString("mode")),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }
}
