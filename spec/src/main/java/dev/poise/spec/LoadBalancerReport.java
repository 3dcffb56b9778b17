package dev.poise.spec;

import java.util.List;

/** What is true of one load balancer on one node. */
public record LoadBalancerReport(
    LoadBalancerId id,
    Outcome outcome,
    Serving serving,
    List<VipReport> vips,
    List<ListenerReport> listeners,
    List<MemberReport> members) {
  public LoadBalancerReport {
    vips = List.copyOf(vips);
    listeners = List.copyOf(listeners);
    members = List.copyOf(members);
  }
}
