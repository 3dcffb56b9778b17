package dev.poise.server.securitygroup;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.LoadBalancerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** Rows of security groups; their rules are the business of {@link GroupRuleStore}. */
@Component
class SecurityGroupStore {
  private static final String GROUPS =
      """
      SELECT id, tenant_id, data_center_id, creator_id, name, remark, version, create_time, update_time,
        id || ' ' || name || ' ' || remark AS search
      FROM security_groups WHERE tenant_id = :tenant
      """;

  private final JdbcClient db;
  private final GroupRuleStore rules;

  SecurityGroupStore(JdbcClient db, GroupRuleStore rules) {
    this.db = db;
    this.rules = rules;
  }

  /** How long a row must stay as it is. */
  enum Hold {
    NOT_AT_ALL(""),
    /** Others may read it and hold it like this too. */
    UNCHANGED(" FOR SHARE"),
    /** For those who change it. */
    ALONE(" FOR UPDATE");

    private final String clause;

    Hold(String clause) {
      this.clause = clause;
    }
  }

  Optional<SecurityGroup> find(TenantId tenant, SecurityGroupId id, Hold hold) {
    Optional<SecurityGroup> found =
        db.sql(GROUPS + " AND id = :id" + hold.clause)
            .param("tenant", tenant.text())
            .param("id", id.text())
            .query(SecurityGroupStore::bare)
            .optional();
    // The rules are read behind the lock, or they could be those of before it.
    return found.map(group -> complete(tenant, List.of(group)).getFirst());
  }

  Page<SecurityGroup> page(TenantId tenant, PageRequest request) {
    Page<SecurityGroup> page =
        Listing.page(
            db, GROUPS, Map.of("tenant", tenant.text()), request, SecurityGroupStore::bare);
    return new Page<>(complete(tenant, page.items()), page.nextPageToken(), page.totalSize());
  }

  private List<SecurityGroup> complete(TenantId tenant, List<SecurityGroup> bare) {
    Map<SecurityGroupId, GroupRules> all =
        rules.of(tenant, bare.stream().map(SecurityGroup::id).toList());
    return bare.stream()
        .map(group ->
            new SecurityGroup(
                group.id(),
                group.tenant(),
                group.dataCenter(),
                group.creator(),
                group.name(),
                group.remark(),
                all.getOrDefault(group.id(), GroupRules.NONE),
                group.version(),
                group.createTime(),
                group.updateTime()))
        .toList();
  }

  /** Whether it was added; false if the tenant has one of that name in the data centre. */
  boolean insert(SecurityGroup group) {
    int added =
        described(
                db.sql(
                    """
                    INSERT INTO security_groups
                      (id, tenant_id, data_center_id, creator_id, name, remark, version, create_time, update_time)
                    VALUES
                      (:id, :tenant, :dataCenter, :creator, :name, :remark, :version, :created, :updated)
                    ON CONFLICT (tenant_id, data_center_id, name) DO NOTHING
                    """),
                group)
            .param("dataCenter", group.dataCenter().text())
            .param("creator", group.creator())
            .param("created", Timestamp.from(group.createTime()))
            .update();
    if (added == 0) return false;
    rules.update(group.tenant(), group.id(), GroupRules.NONE, group.rules());
    return true;
  }

  /** Whether it was written; false if the tenant has another one of that name. */
  boolean update(SecurityGroup before, SecurityGroup after) {
    int written =
        described(
                db.sql(
                    """
                    UPDATE security_groups SET name = :name, remark = :remark, version = :version, update_time = :updated
                    WHERE tenant_id = :tenant AND id = :id
                      AND NOT EXISTS (
                        SELECT FROM security_groups o
                        WHERE o.tenant_id = security_groups.tenant_id
                          AND o.data_center_id = security_groups.data_center_id AND o.name = :name AND o.id <> :id)
                    """),
                after)
            .update();
    if (written == 0) return false;
    rules.update(after.tenant(), after.id(), before.rules(), after.rules());
    return true;
  }

  private static StatementSpec described(StatementSpec statement, SecurityGroup group) {
    return statement
        .param("id", group.id().text())
        .param("tenant", group.tenant().text())
        .param("name", group.name())
        .param("remark", group.remark())
        .param("version", group.version())
        .param("updated", Timestamp.from(group.updateTime()));
  }

  void delete(TenantId tenant, SecurityGroupId id) {
    db.sql("DELETE FROM security_groups WHERE tenant_id = :tenant AND id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  /** The load balancers those groups are bound to, by their ids. */
  Map<SecurityGroupId, List<GroupUse>> usesOf(TenantId tenant, Collection<SecurityGroupId> ids) {
    return db
        .sql(
            """
            SELECT security_group_id, id, name FROM load_balancers
            WHERE tenant_id = :tenant AND security_group_id = ANY(:ids) ORDER BY id
            """)
        .param("tenant", tenant.text())
        .param("ids", ids.stream().map(SecurityGroupId::text).toArray(String[]::new))
        .query((row, _) ->
            Map.entry(
                new SecurityGroupId(row.getString("security_group_id")),
                new GroupUse(new LoadBalancerId(row.getString("id")), row.getString("name"))))
        .list()
        .stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
  }

  private static SecurityGroup bare(ResultSet row, int number) throws SQLException {
    return new SecurityGroup(
        new SecurityGroupId(row.getString("id")),
        new TenantId(row.getString("tenant_id")),
        new DataCenterId(row.getString("data_center_id")),
        row.getString("creator_id"),
        row.getString("name"),
        row.getString("remark"),
        GroupRules.NONE,
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant(),
        row.getTimestamp("update_time").toInstant());
  }
}
