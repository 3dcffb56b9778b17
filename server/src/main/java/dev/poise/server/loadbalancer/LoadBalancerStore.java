package dev.poise.server.loadbalancer;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.ElasticAddress;
import dev.poise.server.network.ElasticIpId;
import dev.poise.server.network.InstanceId;
import dev.poise.server.network.SubnetId;
import dev.poise.server.platform.Questions;
import dev.poise.server.platform.Questions.Command;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.TenantId;
import dev.poise.server.securitygroup.GroupRules;
import dev.poise.server.securitygroup.SecurityGroupId;
import dev.poise.server.securitygroup.SecurityGroups;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.SpecJson;
import dev.poise.spec.VpcId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes load balancers as wholes; their parts are the business of {@link PartStore}. */
@Component
class LoadBalancerStore {
  private static final String COLUMNS =
      """
      id, tenant_id, creator_id, data_center_id, vpc_id, subnet_id, cluster_id, name, remark, type, network_type,
      host(address) AS address, security_group_id,
      (SELECT e.id FROM elastic_ips e WHERE e.load_balancer_id = load_balancers.id) AS elastic_ip_id,
      (SELECT host(e.address) FROM elastic_ips e WHERE e.load_balancer_id = load_balancers.id) AS elastic_address,
      (SELECT v.segment ->> 'type' <> 'HOST' FROM vpcs v WHERE v.id = load_balancers.vpc_id) AS isolated,
      deletion_protection, generation, version, create_time, update_time, delete_time, xmin
      """;

  private final JdbcClient db;
  private final Questions questions;
  private final PartStore parts;
  private final PartMemory memory;
  private final SpecMemory specs;
  private final SecurityGroups groups;

  LoadBalancerStore(
      JdbcClient db,
      Questions questions,
      PartStore parts,
      PartMemory memory,
      SpecMemory specs,
      SecurityGroups groups) {
    this.db = db;
    this.questions = questions;
    this.parts = parts;
    this.memory = memory;
    this.specs = specs;
    this.groups = groups;
  }

  /** A load balancer without its parts. */
  private record Bare(LoadBalancer loadBalancer, PartMemory.State state) {}

  Optional<LoadBalancer> find(TenantId tenant, Which which) {
    return found(tenant, List.of(), which);
  }

  /** The load balancer, which nobody else can change until the transaction ends. */
  Optional<LoadBalancer> lock(TenantId tenant, Which which) {
    // It is read by a second query: one that waits for a lock has looked at other rows before.
    Question lock =
        new Question(
            "SELECT FROM load_balancers WHERE " + which.condition() + " FOR UPDATE",
            which.parameters(tenant),
            _ -> {});
    return found(tenant, List.of(lock), which);
  }

  private Optional<LoadBalancer> found(TenantId tenant, List<Question> first, Which which) {
    List<Bare> found = new ArrayList<>();
    List<Question> asked = new ArrayList<>(first);
    asked.add(
        new Question(
            "SELECT " + COLUMNS + " FROM load_balancers WHERE " + which.condition(),
            which.parameters(tenant),
            row -> found.add(bare(row, 0))));
    questions.ask(asked);
    return complete(tenant, found).stream().findFirst();
  }

  /** Those of them that the tenant has. */
  List<LoadBalancer> all(TenantId tenant, List<LoadBalancerId> ids) {
    return complete(
        tenant,
        db.sql(
                "SELECT "
                    + COLUMNS
                    + " FROM load_balancers WHERE tenant_id = :tenant AND id = ANY(:ids)")
            .param("tenant", tenant.text())
            .param("ids", ids.stream().map(LoadBalancerId::text).toArray(String[]::new))
            .query(LoadBalancerStore::bare)
            .list());
  }

  /** Those with these ids, of all tenants. */
  List<LoadBalancer> ofAnybody(List<LoadBalancerId> ids) {
    Map<TenantId, List<Bare>> bare =
        db
            .sql("SELECT " + COLUMNS + " FROM load_balancers WHERE id = ANY(:ids)")
            .param("ids", ids.stream().map(LoadBalancerId::text).toArray(String[]::new))
            .query(LoadBalancerStore::bare)
            .list()
            .stream()
            .collect(Collectors.groupingBy(it -> it.loadBalancer().tenant()));
    return bare.entrySet().stream()
        .flatMap(entry -> complete(entry.getKey(), entry.getValue()).stream())
        .toList();
  }

  /** A load balancer with the digest of the spec that was stored for it. */
  record Stored(LoadBalancer loadBalancer, String specDigest) {}

  /** The next load balancers of all tenants, in the order of their ids; tombstones are left out. */
  List<Stored> following(String id, int most) {
    Map<LoadBalancerId, String> digests = new LinkedHashMap<>();
    Map<TenantId, List<Bare>> bare = new LinkedHashMap<>();
    db.sql(
            """
            SELECT %s, spec_digest FROM load_balancers WHERE id > :id AND delete_time IS NULL
            ORDER BY id LIMIT :most
            """
                .formatted(COLUMNS))
        .param("id", id)
        .param("most", most)
        .query(row -> {
          Bare found = bare(row, 0);
          digests.put(found.loadBalancer().id(), row.getString("spec_digest"));
          bare.computeIfAbsent(found.loadBalancer().tenant(), _ -> new ArrayList<>()).add(found);
        });
    Map<LoadBalancerId, LoadBalancer> whole = new HashMap<>();
    bare.forEach((tenant, found) ->
        complete(tenant, found).forEach(complete -> whole.put(complete.id(), complete)));
    return digests.entrySet().stream()
        .map(entry ->
            new Stored(Objects.requireNonNull(whole.get(entry.getKey())), entry.getValue()))
        .toList();
  }

  Optional<LoadBalancerId> idOf(TenantId tenant, Which which) {
    List<LoadBalancerId> found = new ArrayList<>();
    questions.ask(
        List.of(
            new Question(
                "SELECT id FROM load_balancers WHERE " + which.condition(),
                which.parameters(tenant),
                row -> found.add(new LoadBalancerId(row.getString("id"))))));
    return found.stream().findFirst();
  }

  /** The load balancers with members that are one of the instances, in the order of their ids. */
  List<LoadBalancerId> usersOf(TenantId tenant, Collection<InstanceId> instances) {
    return db.sql(
            """
            SELECT DISTINCT p.load_balancer_id FROM members m JOIN pools p ON p.id = m.pool_id
            WHERE m.tenant_id = :tenant AND m.instance_id = ANY(:instances) ORDER BY p.load_balancer_id
            """)
        .param("tenant", tenant.text())
        .param("instances", instances.stream().map(InstanceId::text).toArray(String[]::new))
        .query((row, _) -> new LoadBalancerId(row.getString(1)))
        .list();
  }

  /** Where an instance is a member, in words. */
  List<String> placesOf(TenantId tenant, InstanceId instance) {
    return db.sql(
            """
            SELECT format('member %s of pool %L of load balancer %L (%s)', m.id, p.name, l.name, l.id)
            FROM members m JOIN pools p ON p.id = m.pool_id JOIN load_balancers l ON l.id = p.load_balancer_id
            WHERE m.tenant_id = :tenant AND m.instance_id = :instance ORDER BY m.id
            """)
        .param("tenant", tenant.text())
        .param("instance", instance.text())
        .query((row, _) -> row.getString(1))
        .list();
  }

  /** A spec as it is stored. */
  private record Written(String spec, String digest) {}

  private Written written(LoadBalancer loadBalancer) {
    String spec = SpecJson.write(loadBalancer.spec());
    Written written = new Written(spec, SpecJson.digest(spec));
    specs.put(written.digest(), spec);
    return written;
  }

  void insert(LoadBalancer loadBalancer) {
    Written written = written(loadBalancer);
    Question itself =
        Command.of(
                """
                INSERT INTO load_balancers
                  (id, tenant_id, creator_id, data_center_id, vpc_id, subnet_id, cluster_id, name, remark, type,
                   network_type, address, security_group_id, deletion_protection, generation, version, spec, spec_digest,
                   create_time, update_time)
                VALUES
                  (:id, :tenant, :creator, :dataCenter, :vpc, :subnet, :cluster, :name, :remark, :type,
                   :networkType, :address::inet, :securityGroup, :protection, :generation, :version, :spec, :digest,
                   :created, :updated)
                """)
            .param("id", loadBalancer.id().text())
            .param("tenant", loadBalancer.tenant().text())
            .param("creator", loadBalancer.creatorId())
            .param("dataCenter", loadBalancer.placement().dataCenter().text())
            .param("vpc", loadBalancer.placement().vpc().text())
            .param("subnet", loadBalancer.placement().subnet().text())
            .param("cluster", loadBalancer.placement().cluster().text())
            .param("name", loadBalancer.name())
            .param("remark", loadBalancer.remark())
            .param("type", loadBalancer.type().name())
            .param("networkType", loadBalancer.networkType().name())
            .param("address", loadBalancer.address().text())
            .param("securityGroup", group(loadBalancer))
            .param("protection", loadBalancer.deletionProtection())
            .param("generation", loadBalancer.generation())
            .param("version", loadBalancer.version())
            .param("spec", written.spec())
            .param("digest", written.digest())
            .param("created", Timestamp.from(loadBalancer.createTime()))
            .param("updated", Timestamp.from(loadBalancer.updateTime()))
            .asked();
    List<Question> all = new ArrayList<>(List.of(itself));
    all.addAll(PartStore.insertions(loadBalancer));
    questions.make(all);
  }

  /** What writes what differs, to be made in the transaction that has it locked. */
  List<Question> changes(LoadBalancer before, LoadBalancer after) {
    Written written = written(after);
    Question itself =
        Command.of(
                """
                UPDATE load_balancers SET
                  name = :name, remark = :remark, type = :type, security_group_id = :securityGroup, deletion_protection = :protection, generation = :generation,
                  version = :version, spec = :spec, spec_digest = :digest, update_time = :updated
                WHERE tenant_id = :tenant AND id = :id RETURNING xmin
                """)
            .param("name", after.name())
            .param("remark", after.remark())
            .param("type", after.type().name())
            .param("securityGroup", group(after))
            .param("protection", after.deletionProtection())
            .param("generation", after.generation())
            .param("version", after.version())
            .param("spec", written.spec())
            .param("digest", written.digest())
            .param("updated", Timestamp.from(after.updateTime()))
            .param("tenant", after.tenant().text())
            .param("id", after.id().text())
            .asked(row -> remember(before, after, row.getString("xmin")));
    List<Question> all = new ArrayList<>(List.of(itself));
    all.addAll(PartStore.changes(before, after));
    return all;
  }

  /**
   * What was written need not be read, unless it has new parts or another order: it is read in the
   * order of the ids.
   */
  private void remember(LoadBalancer before, LoadBalancer after, String writer) {
    PartMemory.Parts parts = new PartMemory.Parts(after.listeners(), after.pools());
    if (parts.ids().equals(new PartMemory.Parts(before.listeners(), before.pools()).ids()))
      memory.put(new PartMemory.State(after.id(), after.version(), writer), parts);
  }

  private static @Nullable String group(LoadBalancer loadBalancer) {
    @Nullable SecurityGroupId group = loadBalancer.admission().group();
    return group == null ? null : group.text();
  }

  /** Stores the spec as it is now, unless another one than that is stored. */
  boolean tellAnew(LoadBalancer after, String storedDigest) {
    Written written = written(after);
    return db.sql(
                """
                UPDATE load_balancers SET generation = :generation, spec = :spec, spec_digest = :digest
                WHERE tenant_id = :tenant AND id = :id AND spec_digest = :before
                """)
            .param("generation", after.generation())
            .param("spec", written.spec())
            .param("digest", written.digest())
            .param("tenant", after.tenant().text())
            .param("id", after.id().text())
            .param("before", storedDigest)
            .update()
        == 1;
  }

  /** Makes the row a tombstone that nodes learn of with that revision of their cluster. */
  void entomb(LoadBalancer tombstone, Instant deleteTime, long revision) {
    db.sql(
            """
            UPDATE load_balancers SET delete_time = :time, delete_revision = :revision
            WHERE tenant_id = :tenant AND id = :id
            """)
        .param("time", Timestamp.from(deleteTime))
        .param("revision", revision)
        .param("tenant", tombstone.tenant().text())
        .param("id", tombstone.id().text())
        .update();
  }

  /** Deletes a tombstone. */
  void bury(TenantId tenant, LoadBalancerId id) {
    db.sql(
            "DELETE FROM load_balancers WHERE tenant_id = :tenant AND id = :id AND delete_time IS"
                + " NOT NULL")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  /** Of those clusters the one with the fewest load balancers. */
  ClusterId leastLoaded(List<ClusterId> clusters) {
    return db.sql(
            """
            SELECT c.id FROM unnest(:clusters) AS c (id) LEFT JOIN load_balancers l ON l.cluster_id = c.id
            GROUP BY c.id ORDER BY count(l.id), c.id LIMIT 1
            """)
        .param("clusters", clusters.stream().map(ClusterId::text).toArray(String[]::new))
        .query((row, _) -> new ClusterId(row.getString("id")))
        .single();
  }

  private List<LoadBalancer> complete(TenantId tenant, List<Bare> bare) {
    if (bare.isEmpty()) return List.of();
    Map<LoadBalancerId, PartMemory.Parts> made = parts(tenant, bare);
    Map<SecurityGroupId, GroupRules> rules =
        groups.rulesOf(
            tenant,
            bare.stream()
                .flatMap(it -> Stream.ofNullable(it.loadBalancer().admission().group()))
                .collect(Collectors.toSet()));
    return bare.stream()
        .map(Bare::loadBalancer)
        .map(loadBalancer -> loadBalancer.with(complete(loadBalancer.admission(), rules)))
        .map(loadBalancer -> {
          PartMemory.Parts parts = Objects.requireNonNull(made.get(loadBalancer.id()));
          return loadBalancer.with(parts.listeners(), parts.pools());
        })
        .toList();
  }

  private Map<LoadBalancerId, PartMemory.Parts> parts(TenantId tenant, List<Bare> bare) {
    Map<LoadBalancerId, PartMemory.Parts> made = new HashMap<>();
    List<PartMemory.State> unknown = new ArrayList<>();
    for (Bare each : bare) {
      memory
          .find(each.state())
          .ifPresentOrElse(
              found -> made.put(each.state().id(), found), () -> unknown.add(each.state()));
    }
    if (unknown.isEmpty()) return made;
    PartStore.Read read =
        parts.of(tenant, unknown.stream().map(state -> state.id().text()).toArray(String[]::new));
    for (PartMemory.State state : unknown) {
      PartMemory.Parts parts = read.of(state.id());
      memory.put(state, parts);
      made.put(state.id(), parts);
    }
    return made;
  }

  private static Admission complete(Admission admission, Map<SecurityGroupId, GroupRules> rules) {
    return switch (admission) {
      case Admission.Everybody everybody -> everybody;
      case Admission.ByGroup(SecurityGroupId id, _) ->
          new Admission.ByGroup(id, rules.getOrDefault(id, GroupRules.NONE));
    };
  }

  private static Admission admission(@Nullable String group) {
    return group == null
        ? new Admission.Everybody()
        : new Admission.ByGroup(new SecurityGroupId(group), GroupRules.NONE);
  }

  private static Bare bare(ResultSet row, int number) throws SQLException {
    LoadBalancer found = loadBalancer(row);
    return new Bare(
        found, new PartMemory.State(found.id(), found.version(), row.getString("xmin")));
  }

  private static LoadBalancer loadBalancer(ResultSet row) throws SQLException {
    @Nullable Timestamp deleted = row.getTimestamp("delete_time");
    @Nullable String elasticIp = row.getString("elastic_ip_id");
    return new LoadBalancer(
        new LoadBalancerId(row.getString("id")),
        new TenantId(row.getString("tenant_id")),
        row.getString("creator_id"),
        new Placement(
            new DataCenterId(row.getString("data_center_id")),
            new VpcId(row.getString("vpc_id")),
            new SubnetId(row.getString("subnet_id")),
            new ClusterId(row.getString("cluster_id")),
            row.getBoolean("isolated")),
        row.getString("name"),
        row.getString("remark"),
        LoadBalancerType.valueOf(row.getString("type")),
        NetworkType.valueOf(row.getString("network_type")),
        new IpAddress(row.getString("address")),
        admission(row.getString("security_group_id")),
        elasticIp == null
            ? null
            : new ElasticAddress(
                new ElasticIpId(elasticIp), new IpAddress(row.getString("elastic_address"))),
        row.getBoolean("deletion_protection"),
        row.getLong("generation"),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant(),
        row.getTimestamp("update_time").toInstant(),
        deleted == null ? null : deleted.toInstant(),
        List.of(),
        List.of());
  }
}
