package dev.poise.server.loadbalancer;

import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.ListenerReport;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.Outcome;
import dev.poise.spec.Protocol;
import dev.poise.spec.RoleReport.Role;
import dev.poise.spec.Serving;
import dev.poise.spec.VipReport;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is true of a load balancer: computed from what is desired, what nodes said and what time it
 * is.
 *
 * <p>Only live nodes count, those heard of within the last seconds. What a silent node said once
 * may have changed since, so with no live node nothing is green any more, though traffic most
 * likely flows on. Of the members, the nodes that have the addresses tell: what a standby cannot
 * reach, no client misses. If no live node says that it has them, all live nodes tell.
 *
 * @param appliedGeneration what every live node serves at least; 0 if one of them serves nothing
 * @param explanation the state in a sentence
 * @param refusal the first refusal of what is desired
 */
record Status(
    State state,
    Health health,
    long appliedGeneration,
    String explanation,
    Optional<Refused> refusal,
    List<NodeStatus> nodes,
    List<VipReport> vips,
    Map<ListenerId, Health> listeners,
    Map<ListenerId, ListenerReport> traffic,
    Map<MemberId, MemberStatus> members) {

  /** A node's no, in the words of the tool that said it. */
  record Refused(String node, String message, Instant since) {}

  /**
   * A node of the cluster and what it said last, if ever.
   *
   * @param role what it said that it is in its cluster
   */
  record Seen(
      NodeId id,
      String name,
      Optional<Instant> lastHeard,
      boolean live,
      Role role,
      Optional<LoadBalancerReport> report) {
    /** The same node, if it were live, or that in its cluster, or had said that. */
    Seen as(boolean live, Role role, Optional<LoadBalancerReport> report) {
      return new Seen(id, name, lastHeard, live, role, report);
    }

    boolean isPrimary() {
      return role == Role.PRIMARY;
    }

    /** Whether it moves addresses with others and says that it does not have them. */
    boolean isAside() {
      return switch (role) {
        case BACKUP, FAULT -> true;
        case PRIMARY, NONE, UNKNOWN -> false;
      };
    }

    long appliedGeneration() {
      return report
          .map(LoadBalancerReport::outcome)
          .map(outcome ->
              switch (outcome) {
                case Outcome.Applied(long generation) -> generation;
                case Outcome.Refused _, Outcome.Held _ -> servingGeneration();
              })
          .orElse(0L);
    }

    private long servingGeneration() {
      return report
          .map(LoadBalancerReport::serving)
          .map(serving ->
              switch (serving) {
                case Serving.Nothing _ -> 0L;
                case Serving.InKernel(long generation) -> generation;
                case Serving.Running running -> running.generation();
              })
          .orElse(0L);
    }
  }

  /** What one node said last of one member. */
  record Checked(NodeId node, String name, boolean live, Optional<MemberReport> said) {}

  /** What one node does with the load balancer. */
  record NodeStatus(
      NodeId id, String name, boolean live, Optional<Instant> lastHeard, long appliedGeneration) {}

  static Status of(LoadBalancer desired, List<Seen> nodes) {
    List<Seen> live = nodes.stream().filter(Seen::live).toList();
    long applied = live.stream().mapToLong(Seen::appliedGeneration).min().orElse(0);
    Optional<Refused> refusal =
        live.stream().flatMap(node -> refusal(node, desired.generation()).stream()).findFirst();
    State state = state(desired, nodes, live, applied, refusal.isPresent());
    Map<MemberId, MemberStatus> members = members(desired, live);
    Map<ListenerId, Health> listeners =
        desired.listeners().stream()
            .collect(
                Collectors.toMap(
                    Listener::id, listener -> health(desired, listener, members, !live.isEmpty())));
    return new Status(
        state,
        live.isEmpty() ? Health.UNKNOWN : Health.ofListeners(List.copyOf(listeners.values())),
        applied,
        explanation(desired, state, nodes, live, applied, refusal) + whereabouts(state, nodes),
        refusal,
        nodes.stream()
            .map(node ->
                new NodeStatus(
                    node.id(),
                    node.name(),
                    node.live(),
                    node.lastHeard(),
                    node.appliedGeneration()))
            .toList(),
        vips(desired, live),
        listeners,
        traffic(live),
        members);
  }

  /** How a member of the load balancer does. */
  MemberStatus member(MemberId id) {
    return Objects.requireNonNull(members.get(id), "the status is of another load balancer");
  }

  /** Whether waiting for the nodes to act on the generation is over. */
  boolean isSettled(long generation) {
    boolean anyLive = nodes.stream().anyMatch(NodeStatus::live);
    return refusal.isPresent() || (anyLive && appliedGeneration >= generation);
  }

  private static State state(
      LoadBalancer desired, List<Seen> nodes, List<Seen> live, long applied, boolean refused) {
    if (desired.isBeingDeleted()) return State.DELETING;
    boolean everServed = nodes.stream().anyMatch(node -> node.report().isPresent());
    if (live.isEmpty()) return everServed ? State.STALE : State.CREATING;
    if (refused) return State.FAILED;
    if (applied >= desired.generation()) return State.ACTIVE;
    boolean served = live.stream().anyMatch(node -> node.appliedGeneration() > 0);
    return served ? State.UPDATING : State.CREATING;
  }

  private static Optional<Refused> refusal(Seen node, long generation) {
    return node.report()
        .map(LoadBalancerReport::outcome)
        .flatMap(outcome ->
            switch (outcome) {
              case Outcome.Refused refused when refused.generation() == generation ->
                  Optional.of(new Refused(node.name(), refused.why(), refused.since()));
              case Outcome.Refused _, Outcome.Applied _, Outcome.Held _ -> Optional.empty();
            });
  }

  private static String explanation(
      LoadBalancer desired,
      State state,
      List<Seen> nodes,
      List<Seen> live,
      long applied,
      Optional<Refused> refusal) {
    long generation = desired.generation();
    Optional<String> held = live.stream().flatMap(node -> held(node).stream()).findFirst();
    return switch (state) {
      case CREATING ->
          nodes.isEmpty()
              ? "The cluster has no node yet that could serve it."
              : live.isEmpty()
                  ? "No node of the cluster has been heard of yet."
                  : "The nodes are starting to serve it.";
      case ACTIVE -> "Every live node serves generation " + generation + ".";
      case UPDATING ->
          held.orElse(
              "Generation "
                  + generation
                  + " is on its way; generation "
                  + applied
                  + " serves until then.");
      case FAILED ->
          "Node "
              + refusal.map(Refused::node).orElse("")
              + " refuses generation "
              + generation
              + (applied > 0 ? "; generation " + applied + " serves on." : "; nothing is served.");
      case STALE ->
          "No node has been heard of since "
              + nodes.stream()
                  .flatMap(node -> node.lastHeard().stream())
                  .max(Comparator.naturalOrder())
                  .map(Instant::toString)
                  .orElse("long ago")
              + ". It probably serves as before.";
      case DELETING -> "The nodes are letting go of it.";
    };
  }

  /** What is to be said of the addresses if no live node has them. */
  private static String whereabouts(State state, List<Seen> nodes) {
    boolean nobodyHasThem =
        state != State.DELETING
            && nodes.stream().anyMatch(node -> node.live() && node.isAside())
            && nodes.stream().noneMatch(node -> node.live() && node.isPrimary());
    if (!nobodyHasThem) return "";
    return nodes.stream()
        .filter(Seen::isPrimary)
        .findFirst()
        .map(silent ->
            " Node %s had its addresses when it was last heard of, at %s, and probably serves as before."
                .formatted(silent.name(), silent.lastHeard().map(Instant::toString).orElse("?")))
        .orElse(" No node says that it has its addresses now.");
  }

  private static Optional<String> held(Seen node) {
    return node.report()
        .map(LoadBalancerReport::outcome)
        .flatMap(outcome ->
            switch (outcome) {
              case Outcome.Held(long _, String why) ->
                  Optional.of("Node " + node.name() + " holds it back: " + why);
              case Outcome.Applied _, Outcome.Refused _ -> Optional.empty();
            });
  }

  private static Health health(
      LoadBalancer desired, Listener listener, Map<MemberId, MemberStatus> members, boolean known) {
    // It asks no member, so none can be missing.
    if (listener.protocol() instanceof Protocol.Http(var _, HttpsRedirect.ToPort _))
      return known ? Health.HEALTHY : Health.UNKNOWN;
    return Health.ofMembers(
        listener
            .pools()
            .flatMap(pool -> desired.pool(pool).members().stream())
            .map(member -> members.get(member.id()))
            .toList());
  }

  private static Map<MemberId, MemberStatus> members(LoadBalancer desired, List<Seen> live) {
    List<Seen> primaries = live.stream().filter(Seen::isPrimary).toList();
    Map<MemberId, List<MemberReport>> said = said(live);
    Map<MemberId, List<MemberReport>> deciding = primaries.isEmpty() ? said : said(primaries);
    return desired.pools().stream()
        .flatMap(pool -> pool.members().stream())
        .map(member ->
            member(
                member,
                said.getOrDefault(member.id(), List.of()),
                deciding.getOrDefault(member.id(), List.of()),
                !live.isEmpty()))
        .collect(Collectors.toMap(MemberStatus::id, Function.identity()));
  }

  private static Map<MemberId, List<MemberReport>> said(List<Seen> nodes) {
    return nodes.stream()
        .flatMap(node -> node.report().stream())
        .flatMap(report -> report.members().stream())
        .collect(Collectors.groupingBy(MemberReport::id));
  }

  /** What the worst-off of the deciding nodes says, with the connections of all. */
  private static MemberStatus member(
      Member member, List<MemberReport> said, List<MemberReport> deciding, boolean known) {
    boolean enabled = member.mode() == MemberMode.ENABLED;
    long active = said.stream().mapToLong(MemberReport::activeConnections).sum();
    long connections = said.stream().mapToLong(MemberReport::connections).sum();
    if (member.mode() == MemberMode.DISABLED) {
      return new MemberStatus(
          member.id(),
          false,
          MemberStatus.Health.DISABLED,
          "disabled, so not checked",
          null,
          active,
          connections);
    }
    return deciding.stream()
        .max(Comparator.comparingInt(report -> severity(report.health())))
        .map(worst ->
            new MemberStatus(
                member.id(),
                enabled,
                health(worst.health()),
                worst.reason(),
                worst.since(),
                active,
                connections))
        .orElseGet(() ->
            new MemberStatus(
                member.id(),
                enabled,
                MemberStatus.Health.UNKNOWN,
                known ? "not checked yet" : "no node has been heard of lately",
                null,
                active,
                connections));
  }

  private static int severity(MemberReport.Health health) {
    return switch (health) {
      case HEALTHY -> 0;
      case DISABLED -> 1;
      case UNKNOWN -> 2;
      case UNHEALTHY -> 3;
    };
  }

  private static MemberStatus.Health health(MemberReport.Health health) {
    return switch (health) {
      case HEALTHY -> MemberStatus.Health.HEALTHY;
      case UNHEALTHY -> MemberStatus.Health.UNHEALTHY;
      // The node has not heard yet that its owner enabled it.
      case UNKNOWN, DISABLED -> MemberStatus.Health.UNKNOWN;
    };
  }

  private static List<VipReport> vips(LoadBalancer desired, List<Seen> live) {
    Map<IpAddress, VipReport> counted =
        live.stream()
            .flatMap(node -> node.report().stream())
            .flatMap(report -> report.vips().stream())
            .collect(Collectors.toMap(VipReport::address, Function.identity(), Status::sum));
    return desired.spec().vips().stream()
        .flatMap(vip -> Stream.ofNullable(counted.get(vip)))
        .toList();
  }

  private static VipReport sum(VipReport one, VipReport other) {
    return new VipReport(
        one.address(),
        one.receivedPackets() + other.receivedPackets(),
        one.receivedBytes() + other.receivedBytes(),
        one.transmittedPackets() + other.transmittedPackets(),
        one.transmittedBytes() + other.transmittedBytes());
  }

  private static Map<ListenerId, ListenerReport> traffic(List<Seen> live) {
    return live.stream()
        .flatMap(node -> node.report().stream())
        .flatMap(report -> report.listeners().stream())
        .collect(Collectors.toMap(ListenerReport::id, Function.identity(), Status::sum));
  }

  private static ListenerReport sum(ListenerReport one, ListenerReport other) {
    return new ListenerReport(
        one.id(),
        one.activeConnections() + other.activeConnections(),
        one.connections() + other.connections(),
        one.refusedConnections() + other.refusedConnections(),
        one.requests() + other.requests(),
        one.receivedBytes() + other.receivedBytes(),
        one.transmittedBytes() + other.transmittedBytes(),
        one.responses2xx() + other.responses2xx(),
        one.responses3xx() + other.responses3xx(),
        one.responses4xx() + other.responses4xx(),
        one.responses5xx() + other.responses5xx(),
        one.receivedPackets() + other.receivedPackets(),
        one.transmittedPackets() + other.transmittedPackets());
  }
}
