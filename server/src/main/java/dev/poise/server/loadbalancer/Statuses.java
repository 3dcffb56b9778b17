package dev.poise.server.loadbalancer;

import dev.poise.server.observation.Observations;
import dev.poise.server.observation.Presence;
import dev.poise.server.platform.Signals;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.MemberId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Gathers what {@link Status} is computed from. */
@Component
class Statuses {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Observations observations;
  private final Signals signals;
  private final InstantSource clock;

  Statuses(Observations observations, Signals signals, InstantSource clock) {
    this.observations = observations;
    this.signals = signals;
    this.clock = clock;
  }

  Status of(LoadBalancer loadBalancer) {
    return of(List.of(loadBalancer)).getFirst();
  }

  /** What each node of its cluster said last of a member, silent nodes included. */
  List<Status.Checked> checks(LoadBalancer loadBalancer, MemberId member) {
    return seen(List.of(loadBalancer), clock.instant()).getFirst().stream()
        .map(node ->
            new Status.Checked(
                node.id(),
                node.name(),
                node.live(),
                node.report().stream()
                    .flatMap(report -> report.members().stream())
                    .filter(said -> said.id().equals(member))
                    .findFirst()))
        .toList();
  }

  List<Status> of(List<LoadBalancer> loadBalancers) {
    return of(loadBalancers, clock.instant());
  }

  /** The statuses of load balancers, in their order, with a fixed number of queries. */
  List<Status> of(List<LoadBalancer> loadBalancers, Instant now) {
    List<List<Status.Seen>> seen = seen(loadBalancers, now);
    List<Status> statuses = new ArrayList<>();
    for (int i = 0; i < loadBalancers.size(); i++)
      statuses.add(Status.of(loadBalancers.get(i), seen.get(i)));
    return statuses;
  }

  /** What each node of their clusters said last of the load balancers, in their order. */
  List<List<Status.Seen>> seen(List<LoadBalancer> loadBalancers, Instant now) {
    if (loadBalancers.isEmpty()) return List.of();
    List<ClusterId> clusterIds =
        loadBalancers.stream()
            .map(loadBalancer -> loadBalancer.placement().cluster())
            .distinct()
            .toList();
    Observations.Heard heard =
        observations.heard(clusterIds, loadBalancers.stream().map(LoadBalancer::id).toList());
    Map<ClusterId, List<Presence>> nodes =
        heard.nodes().stream().collect(Collectors.groupingBy(Presence::cluster));
    return loadBalancers.stream()
        .map(loadBalancer ->
            nodes.getOrDefault(loadBalancer.placement().cluster(), List.of()).stream()
                .map(node ->
                    seen(node, heard.seen().getOrDefault(loadBalancer.id(), List.of()), now))
                .toList())
        .toList();
  }

  private static Status.Seen seen(Presence node, List<Observations.Seen> said, Instant now) {
    Optional<LoadBalancerReport> report =
        said.stream()
            .filter(one -> one.node().equals(node.node()))
            .map(Observations.Seen::report)
            .findFirst();
    return new Status.Seen(
        node.node(), node.name(), node.reportTime(), node.isLive(now), node.role(), report);
  }

  /** Waits until every live node serves that generation of it, one refuses, or the time is over. */
  void awaitSettled(LoadBalancer loadBalancer, Duration limit) {
    Instant end = clock.instant().plus(limit);
    try (Signals.Subscription signal = signals.subscribe(loadBalancer.id().text())) {
      while (!of(loadBalancer).isSettled(loadBalancer.generation())) {
        Duration left = Duration.between(clock.instant(), end);
        if (!left.isPositive() || !signals.isRunning()) return;
        signal.await(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
      }
    }
  }
}
