package dev.poise.server.loadbalancer;

import static dev.poise.server.loadbalancer.PartStore.put;

import dev.poise.server.platform.Questions.Command;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.Action;
import dev.poise.spec.ListenerId;
import dev.poise.spec.PathPrefix;
import dev.poise.spec.RuleId;
import dev.poise.spec.SpecJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Rows of rules. There may be a thousand in a listener, so those that differ are written at once.
 */
final class RuleStore {
  private RuleStore() {}

  /** A rule and the listener it belongs to. */
  private record Placed(ListenerId listener, Rule rule) {}

  /** Asks for the rules of a tenant's load balancers; they are put where they belong. */
  static Question of(TenantId tenant, String[] loadBalancers, Map<ListenerId, List<Rule>> answers) {
    return new Question(
        """
        SELECT r.listener_id, r.id, r.domain, r.path, r.action, r.version, r.create_time
        FROM rules r JOIN listeners l ON l.id = r.listener_id
        WHERE r.tenant_id = ? AND l.load_balancer_id = ANY(?) ORDER BY r.id
        """,
        List.of(tenant.text(), loadBalancers),
        row -> put(answers, new ListenerId(row.getString("listener_id")), rule(row)));
  }

  /** What writes what differs, behind the listeners. */
  static List<Question> changes(TenantId tenant, List<Listener> before, List<Listener> after) {
    Map<RuleId, Placed> old = placed(before);
    Map<RuleId, Placed> now = placed(after);
    List<Placed> made = new ArrayList<>();
    List<Placed> changed = new ArrayList<>();
    now.forEach((id, placed) -> {
      Placed was = old.get(id);
      if (was == null) made.add(placed);
      else if (!was.equals(placed)) changed.add(placed);
    });
    List<RuleId> gone = old.keySet().stream().filter(id -> !now.containsKey(id)).toList();
    List<Question> changes = new ArrayList<>();
    if (!gone.isEmpty()) changes.add(deleted(tenant, gone));
    if (!made.isEmpty()) changes.add(inserted(tenant, made));
    if (!changed.isEmpty()) changes.add(updated(tenant, changed));
    return changes;
  }

  private static Map<RuleId, Placed> placed(List<Listener> listeners) {
    Map<RuleId, Placed> placed = new HashMap<>();
    for (Listener listener : listeners)
      for (Rule rule : listener.rules()) placed.put(rule.id(), new Placed(listener.id(), rule));
    return placed;
  }

  private static Question inserted(TenantId tenant, List<Placed> rules) {
    return Command.of(
            """
            INSERT INTO rules (id, tenant_id, listener_id, domain, path, action, version, create_time)
            SELECT id, :tenant, listener, domain, path, action::jsonb, version, created
            FROM unnest(:ids, :listeners, :domains, :paths, :actions, :versions, :created)
              AS said (id, listener, domain, path, action, version, created)
            """)
        .param("tenant", tenant.text())
        .param("ids", texts(rules, it -> it.rule().id().text()))
        .param("listeners", texts(rules, it -> it.listener().text()))
        .param("domains", texts(rules, it -> it.rule().domainText()))
        .param("paths", texts(rules, it -> it.rule().path().text()))
        .param("actions", texts(rules, it -> SpecJson.write(it.rule().action())))
        .param("versions", versions(rules))
        .param(
            "created",
            rules.stream()
                .map(it -> Timestamp.from(it.rule().createTime()))
                .toArray(Timestamp[]::new))
        .asked();
  }

  private static Question updated(TenantId tenant, List<Placed> rules) {
    return Command.of(
            """
            UPDATE rules SET domain = said.domain, path = said.path, action = said.action::jsonb, version = said.version
            FROM unnest(:ids, :domains, :paths, :actions, :versions) AS said (id, domain, path, action, version)
            WHERE rules.tenant_id = :tenant AND rules.id = said.id
            """)
        .param("tenant", tenant.text())
        .param("ids", texts(rules, it -> it.rule().id().text()))
        .param("domains", texts(rules, it -> it.rule().domainText()))
        .param("paths", texts(rules, it -> it.rule().path().text()))
        .param("actions", texts(rules, it -> SpecJson.write(it.rule().action())))
        .param("versions", versions(rules))
        .asked();
  }

  private static Question deleted(TenantId tenant, List<RuleId> ids) {
    return Command.of("DELETE FROM rules WHERE tenant_id = :tenant AND id = ANY(:ids)")
        .param("tenant", tenant.text())
        .param("ids", ids.stream().map(RuleId::text).toArray(String[]::new))
        .asked();
  }

  private static String[] texts(List<Placed> rules, Function<Placed, String> text) {
    return rules.stream().map(text).toArray(String[]::new);
  }

  private static Long[] versions(List<Placed> rules) {
    return rules.stream().map(it -> it.rule().version()).toArray(Long[]::new);
  }

  private static Rule rule(ResultSet row) throws SQLException {
    return new Rule(
        new RuleId(row.getString("id")),
        Rule.domain(row.getString("domain")),
        new PathPrefix(row.getString("path")),
        SpecJson.read(row.getString("action"), Action.class),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }
}
