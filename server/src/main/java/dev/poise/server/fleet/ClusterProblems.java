package dev.poise.server.fleet;

import dev.poise.server.cluster.Cluster;
import dev.poise.server.cluster.Node;
import dev.poise.server.fleet.ClusterProblem.Kind;
import dev.poise.server.observation.NodeObservation;
import dev.poise.spec.Capabilities;
import dev.poise.spec.NodeId;
import dev.poise.spec.RoleReport.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a cluster: computed from its settings, what its nodes said and what time it
 * is, like every status.
 *
 * <p>Some things are wrong for a moment whenever all is well: while addresses move from one node to
 * another, two may say that they have them, or none; a node is behind of every change until it has
 * made it. So these are problems only after a while. "Since" is by the server's clock, which is the
 * same for all nodes.
 */
final class ClusterProblems {
  /** A failover is told by both nodes well within this. */
  static final Duration ROLES_SETTLE_WITHIN = Duration.ofSeconds(3);

  static final Duration CATCHES_UP_WITHIN = Duration.ofSeconds(10);

  /** Reports are under way for less. */
  private static final Duration CLOCK_MAY_BE_OFF = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final List<Node> nodes;
  private final Map<NodeId, NodeObservation> heard;
  private final Instant now;
  private final List<ClusterProblem> found = new ArrayList<>();

  private ClusterProblems(
      Cluster cluster, List<Node> nodes, Map<NodeId, NodeObservation> heard, Instant now) {
    this.cluster = cluster;
    this.nodes = nodes;
    this.heard = heard;
    this.now = now;
  }

  /**
   * @param nodes of the cluster, without those that are revoked, in the order of their ids
   * @param heard what each of them said last, if ever
   */
  static List<ClusterProblem> of(
      Cluster cluster, List<Node> nodes, Map<NodeId, NodeObservation> heard, Instant now) {
    ClusterProblems problems = new ClusterProblems(cluster, nodes, heard, now);
    problems.primaries();
    nodes.forEach(problems::silent);
    nodes.forEach(problems::behind);
    if (cluster.vrrp() != null) nodes.forEach(problems::withoutVrrp);
    problems.versions();
    nodes.forEach(problems::clock);
    return List.copyOf(problems.found);
  }

  private Optional<NodeObservation> live(Node node) {
    return Optional.ofNullable(heard.get(node.id())).filter(last -> last.isLive(now));
  }

  private List<Node> primaryNodes() {
    return nodes.stream()
        .filter(node -> live(node).filter(last -> last.isPrimary(now)).isPresent())
        .toList();
  }

  private void primaries() {
    List<Node> primaries = primaryNodes();
    if (primaries.size() > 1) {
      Instant since =
          primaries.stream()
              .flatMap(node -> live(node).stream())
              .map(NodeObservation::roleTime)
              .sorted()
              .skip(1)
              .findFirst()
              .orElseThrow();
      if (lastsFor(since, ROLES_SETTLE_WITHIN))
        add(
            Kind.TWO_PRIMARIES,
            "The nodes "
                + names(primaries)
                + " all say that they have the addresses. Look whether they reach each other.",
            primaries,
            since);
    }
    if (primaries.isEmpty() && cluster.vrrp() != null) noPrimary();
  }

  private void noPrimary() {
    Optional<NodeObservation> last =
        nodes.stream()
            .flatMap(node -> Stream.ofNullable(heard.get(node.id())))
            .filter(seen -> seen.primaryTime().isPresent())
            .max(Comparator.comparing(seen -> seen.primaryTime().orElseThrow()));
    Optional<Instant> firstHeard =
        nodes.stream()
            .flatMap(node -> Stream.ofNullable(heard.get(node.id())))
            .map(NodeObservation::roleTime)
            .min(Comparator.naturalOrder());
    Optional<Instant> since = last.flatMap(NodeObservation::primaryTime).or(() -> firstHeard);
    if (since.isEmpty() || !lastsFor(since.get(), ROLES_SETTLE_WITHIN)) return;
    String silent =
        last.filter(seen -> !seen.isLive(now) && seen.role().role() == Role.PRIMARY)
            .map(seen ->
                " "
                    + name(seen.node())
                    + " had them when it was last heard of, and most likely still has.")
            .orElse("");
    add(Kind.NO_PRIMARY, "No node says that it has the addresses." + silent, nodes, since.get());
  }

  private void silent(Node node) {
    @Nullable NodeObservation last = heard.get(node.id());
    Instant since = last == null ? node.createTime() : last.reportTime();
    if (live(node).isPresent() || !lastsFor(since, NodeObservation.SILENT_AFTER)) return;
    add(
        Kind.NODE_SILENT,
        last == null
            ? "The node '" + node.name() + "' has never been heard of."
            : "The node '" + node.name() + "' has not been heard of since " + since + ".",
        List.of(node),
        since);
  }

  private void behind(Node node) {
    live(node)
        .filter(last ->
            last.appliedRevision() < last.target().revision()
                && lastsFor(last.target().since(), CATCHES_UP_WITHIN))
        .ifPresent(last ->
            add(
                Kind.NODE_BEHIND,
                "The node '%s' has applied revision %d of %d."
                    .formatted(node.name(), last.appliedRevision(), cluster.revision()),
                List.of(node),
                last.target().since()));
  }

  private void withoutVrrp(Node node) {
    live(node)
        .filter(last -> !last.capabilities().features().contains(Capabilities.VRRP))
        .ifPresent(last ->
            add(
                Kind.VRRP_MISSING,
                "The node '%s' cannot take addresses over: %s."
                    .formatted(
                        node.name(),
                        last.capabilities()
                            .missing()
                            .getOrDefault(Capabilities.VRRP, "its agent does not know how")),
                List.of(node),
                null));
  }

  private void versions() {
    Map<String, Map<String, List<Node>>> programs = new TreeMap<>();
    for (Node node : nodes) {
      live(node)
          .ifPresent(last ->
              last.capabilities()
                  .versions()
                  .forEach((program, version) ->
                      programs
                          .computeIfAbsent(program, _ -> new TreeMap<>())
                          .computeIfAbsent(version, _ -> new ArrayList<>())
                          .add(node)));
    }
    programs.forEach((program, versions) -> {
      if (versions.size() > 1) versionsDiffer(program, versions);
    });
  }

  private void versionsDiffer(String program, Map<String, List<Node>> versions) {
    add(
        Kind.VERSIONS_DIFFER,
        versions.entrySet().stream()
            .map(it -> it.getKey() + " on " + names(it.getValue()))
            .collect(
                Collectors.joining(
                    ", ", "Nodes have different versions of " + program + ": ", ".")),
        versions.values().stream().flatMap(List::stream).toList(),
        null);
  }

  private void clock(Node node) {
    live(node)
        .ifPresent(last -> {
          Duration ahead = Duration.between(last.reportTime(), last.capturedTime());
          if (ahead.abs().compareTo(CLOCK_MAY_BE_OFF) <= 0) return;
          add(
              Kind.CLOCK_OFF,
              "The clock of the node '%s' is %d seconds %s the server's."
                  .formatted(
                      node.name(),
                      ahead.abs().toSeconds(),
                      ahead.isNegative() ? "behind" : "ahead of"),
              List.of(node),
              null);
        });
  }

  private boolean lastsFor(Instant since, Duration time) {
    return Duration.between(since, now).compareTo(time) > 0;
  }

  private void add(Kind kind, String message, List<Node> about, @Nullable Instant since) {
    found.add(
        new ClusterProblem(
            kind,
            message,
            about.stream().map(Node::id).sorted(Comparator.comparing(NodeId::text)).toList(),
            since));
  }

  private String name(NodeId id) {
    Map<NodeId, String> names =
        nodes.stream().collect(Collectors.toMap(Node::id, Node::name, (one, _) -> one));
    return "The node '" + names.getOrDefault(id, id.text()) + "'";
  }

  private static String names(List<Node> nodes) {
    return nodes.stream().map(node -> "'" + node.name() + "'").collect(Collectors.joining(", "));
  }
}
