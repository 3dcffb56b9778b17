package dev.poise.server.loadbalancer;

import dev.poise.server.platform.TenantId;
import dev.poise.spec.ListenerId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.PoolId;
import dev.poise.spec.RuleId;
import java.util.List;
import java.util.Optional;

/**
 * Names a load balancer: by its own id, or by that of one of its parts. So it is found, and locked,
 * in one round trip, whoever it is asked for.
 *
 * @param what the id is of, in words
 * @param owner finds the id of the load balancer, by the tenant's id and this one; empty if it is
 *     this one
 */
record Which(String what, String id, Optional<String> owner) {
  private static final String OF_LISTENER =
      "SELECT load_balancer_id FROM listeners WHERE tenant_id = ? AND id = ?";
  private static final String OF_POOL =
      "SELECT load_balancer_id FROM pools WHERE tenant_id = ? AND id = ?";
  private static final String OF_MEMBER =
      """
      SELECT p.load_balancer_id FROM members m JOIN pools p ON p.id = m.pool_id
      WHERE m.tenant_id = ? AND m.id = ?
      """;
  private static final String OF_RULE =
      """
      SELECT l.load_balancer_id FROM rules r JOIN listeners l ON l.id = r.listener_id
      WHERE r.tenant_id = ? AND r.id = ?
      """;

  static Which of(LoadBalancerId id) {
    return new Which("load balancer", id.text(), Optional.empty());
  }

  static Which with(ListenerId id) {
    return new Which("listener", id.text(), Optional.of(OF_LISTENER));
  }

  static Which with(PoolId id) {
    return new Which("pool", id.text(), Optional.of(OF_POOL));
  }

  static Which with(MemberId id) {
    return new Which("member", id.text(), Optional.of(OF_MEMBER));
  }

  static Which with(RuleId id) {
    return new Which("rule", id.text(), Optional.of(OF_RULE));
  }

  /** Which row of {@code load_balancers} it is. */
  String condition() {
    return "tenant_id = ? AND id = " + owner.map(query -> "(" + query + ")").orElse("?");
  }

  /** The parameters of the condition. */
  List<Object> parameters(TenantId tenant) {
    return owner.isPresent()
        ? List.of(tenant.text(), tenant.text(), id)
        : List.of(tenant.text(), id);
  }

  @Override
  public String toString() {
    return what + " " + id;
  }
}
