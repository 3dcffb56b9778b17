package dev.poise.server.securitygroup;

import dev.poise.server.platform.TenantId;
import dev.poise.spec.AddressRange;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of the rules of security groups. */
@Component
class GroupRuleStore {
  private final JdbcClient db;

  GroupRuleStore(JdbcClient db) {
    this.db = db;
  }

  /** The rules of those groups; a group without any is not in it. */
  Map<SecurityGroupId, GroupRules> of(TenantId tenant, Collection<SecurityGroupId> ids) {
    if (ids.isEmpty()) return Map.of();
    Map<SecurityGroupId, List<GroupRule>> found =
        db
            .sql(
                """
                SELECT security_group_id, id, direction, protocol, from_port, to_port, cidrs::text[] AS cidrs, action,
                  priority, description, version, create_time
                FROM security_group_rules WHERE tenant_id = :tenant AND security_group_id = ANY(:ids)
                """)
            .param("tenant", tenant.text())
            .param("ids", ids.stream().map(SecurityGroupId::text).toArray(String[]::new))
            .query((row, _) ->
                Map.entry(new SecurityGroupId(row.getString("security_group_id")), rule(row)))
            .list()
            .stream()
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey,
                    Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    return found.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> new GroupRules(entry.getValue())));
  }

  Optional<SecurityGroupId> groupOf(TenantId tenant, GroupRuleId id) {
    return db.sql(
            "SELECT security_group_id FROM security_group_rules WHERE tenant_id = :tenant AND id ="
                + " :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(String.class)
        .optional()
        .map(SecurityGroupId::new);
  }

  /** Writes what differs. */
  void update(TenantId tenant, SecurityGroupId group, GroupRules before, GroupRules after) {
    Map<GroupRuleId, GroupRule> old = byId(before);
    Map<GroupRuleId, GroupRule> now = byId(after);
    for (GroupRuleId id : old.keySet()) {
      if (!now.containsKey(id)) delete(tenant, id);
    }
    for (GroupRule rule : after.rules()) {
      GroupRule was = old.get(rule.id());
      if (was == null) insert(tenant, group, rule);
      else if (!was.equals(rule)) update(tenant, rule);
    }
  }

  private static Map<GroupRuleId, GroupRule> byId(GroupRules rules) {
    return rules.rules().stream().collect(Collectors.toMap(GroupRule::id, Function.identity()));
  }

  private void insert(TenantId tenant, SecurityGroupId group, GroupRule rule) {
    said(
            db.sql(
                """
                INSERT INTO security_group_rules
                  (id, tenant_id, security_group_id, direction, protocol, from_port, to_port, cidrs, action, priority,
                   description, version, create_time)
                VALUES
                  (:id, :tenant, :group, :direction, :protocol, :from, :to, :cidrs::cidr[], :action, :priority,
                   :description, :version, :created)
                """),
            tenant,
            rule)
        .param("group", group.text())
        .param("created", Timestamp.from(rule.createTime()))
        .update();
  }

  private void update(TenantId tenant, GroupRule rule) {
    said(
            db.sql(
                """
                UPDATE security_group_rules SET
                  direction = :direction, protocol = :protocol, from_port = :from, to_port = :to,
                  cidrs = :cidrs::cidr[], action = :action, priority = :priority, description = :description,
                  version = :version
                WHERE tenant_id = :tenant AND id = :id
                """),
            tenant,
            rule)
        .update();
  }

  private void delete(TenantId tenant, GroupRuleId id) {
    db.sql("DELETE FROM security_group_rules WHERE tenant_id = :tenant AND id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  private static JdbcClient.StatementSpec said(
      JdbcClient.StatementSpec statement, TenantId tenant, GroupRule rule) {
    @Nullable Ports ports = rule.ports();
    return statement
        .param("id", rule.id().text())
        .param("tenant", tenant.text())
        .param("direction", rule.direction().name())
        .param("protocol", rule.protocol().name())
        .param("from", ports == null ? null : ports.from(), java.sql.Types.INTEGER)
        .param("to", ports == null ? null : ports.to(), java.sql.Types.INTEGER)
        .param("cidrs", rule.ranges().stream().map(AddressRange::text).toArray(String[]::new))
        .param("action", rule.action().name())
        .param("priority", rule.priority())
        .param("description", rule.description())
        .param("version", rule.version());
  }

  private static GroupRule rule(ResultSet row) throws SQLException {
    int from = row.getInt("from_port");
    boolean allPorts = row.wasNull();
    return new GroupRule(
        new GroupRuleId(row.getString("id")),
        GroupRule.Direction.valueOf(row.getString("direction")),
        GroupRule.Protocol.valueOf(row.getString("protocol")),
        allPorts ? null : new Ports(from, row.getInt("to_port")),
        Arrays.stream((String[]) row.getArray("cidrs").getArray()).map(AddressRange::new).toList(),
        GroupRule.Decision.valueOf(row.getString("action")),
        row.getInt("priority"),
        row.getString("description"),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }
}
