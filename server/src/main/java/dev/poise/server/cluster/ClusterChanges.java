package dev.poise.server.cluster;

import dev.poise.server.audit.Audit;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.Networks;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import dev.poise.spec.Redundancy.Handover;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What operators do to clusters and nodes. Changes join the transaction of their caller. The row of
 * the cluster is locked first, for changes of its nodes too, so that what they may not share is
 * looked for and taken by one at a time; what nodes are told raises the cluster's revision.
 */
@Component
public final class ClusterChanges {
  private static final int MOST_NAMED = 10;

  private final ClusterStore store;
  private final Clusters clusters;
  private final Networks networks;
  private final Bodies bodies;
  private final Audit audit;
  private final InstantSource clock;

  ClusterChanges(
      ClusterStore store,
      Clusters clusters,
      Networks networks,
      Bodies bodies,
      Audit audit,
      InstantSource clock) {
    this.store = store;
    this.clusters = clusters;
    this.networks = networks;
    this.bodies = bodies;
    this.audit = audit;
    this.clock = clock;
  }

  /** Makes a cluster without nodes. */
  public Cluster create(Caller caller, Cluster.Input input) {
    caller.requirePlatformAdmin();
    Instant now = clock.instant();
    DataCenterId dataCenter = networks.lockDataCenter(input.dataCenterId()).id();
    ClusterId id = ClusterId.generate(now);
    Cluster made =
        new Cluster(
            id,
            dataCenter,
            input.name(),
            input.remarkOrNone(),
            input.model(),
            vrrp(dataCenter, id, input.vrrp()),
            Handover.NONE,
            1,
            0,
            1,
            now);
    if (!store.insert(made)) throw nameInUse(made);
    audit.append(caller, "cluster.create", id.text(), null, made);
    return made;
  }

  /** Changes what is said of a cluster. */
  public Cluster patch(Caller caller, ClusterId id, Conditions conditions, MergePatch patch) {
    caller.requirePlatformAdmin();
    // Router ids are unique in the data centre, so whoever takes one has it locked.
    networks.lockDataCenter(clusters.cluster(id).dataCenterId());
    Cluster before = changeable(id, conditions);
    Cluster.Input wanted =
        bodies.patched(
            Cluster.Input.of(before), patch, Cluster.Input.class, "dataCenterId", "model");
    Cluster after =
        before.with(
            wanted.name(), wanted.remarkOrNone(), vrrp(before.dataCenterId(), id, wanted.vrrp()));
    if (before.vrrp() == null && after.vrrp() != null) prepareNodes(caller, id);
    if (!store.update(after)) throw nameInUse(after);
    audit.append(caller, "cluster.update", id.text(), before, after);
    if (Objects.equals(before.vrrp(), after.vrrp())) return after;
    clusters.raiseRevision(id);
    return clusters.cluster(id);
  }

  private @Nullable VrrpSettings vrrp(
      DataCenterId dataCenter, ClusterId id, @Nullable VrrpInput wanted) {
    if (wanted == null) return null;
    List<Cluster> others =
        store.in(dataCenter, Optional.empty()).stream()
            .filter(other -> !other.id().equals(id))
            .toList();
    VrrpSettings settings = wanted.settings(freeRouterId(others));
    others.stream()
        .filter(other -> hasRouterId(other, settings.routerId()))
        .findFirst()
        .ifPresent(other -> {
          throw new Refusal.Invalid(
              "/vrrp/routerId",
              ProblemType.NUMBER_IN_USE,
              "The cluster '%s' (%s) of the data centre has the router id %d."
                  .formatted(other.name(), other.id(), settings.routerId()));
        });
    return settings;
  }

  /** The lowest that is free; if none is, one that is taken is as good as any to be refused. */
  private static int freeRouterId(List<Cluster> others) {
    return IntStream.rangeClosed(1, VrrpSettings.MOST_ROUTER_IDS)
        .filter(number -> others.stream().noneMatch(other -> hasRouterId(other, number)))
        .findFirst()
        .orElse(VrrpSettings.MOST_ROUTER_IDS);
  }

  private static boolean hasRouterId(Cluster cluster, int number) {
    return cluster.vrrp() != null && cluster.vrrp().routerId() == number;
  }

  /** Sees to it that nodes which are about to move addresses have what they need for it. */
  private void prepareNodes(Caller caller, ClusterId id) {
    List<Node> all = new ArrayList<>(store.everyNodeOf(List.of(id)));
    List<Node> nodes = all.stream().filter(node -> !node.isRevoked()).toList();
    List<Node> without = nodes.stream().filter(node -> node.address() == null).toList();
    if (!without.isEmpty()) {
      throw new Refusal.Conflict(
          ProblemType.NODE_WITHOUT_ADDRESS,
          "Give the nodes addresses first; these have none: " + named(without) + ".");
    }
    for (Node node : nodes) {
      if (node.priority() > 0) continue;
      Node after = node.with(node.name(), node.address(), NodeNumbers.priority(all));
      all.replaceAll(it -> it.id().equals(node.id()) ? after : it);
      store.update(after);
      audit.append(caller, "node.update", node.id().text(), node, after);
    }
  }

  /** Deletes a cluster that nothing is in. */
  public ClusterId delete(Caller caller, ClusterId id, Conditions conditions) {
    caller.requirePlatformAdmin();
    Cluster before = changeable(id, conditions);
    List<Node> nodes = store.everyNodeOf(List.of(id));
    long loadBalancers = store.loadBalancers(id);
    if (!nodes.isEmpty() || loadBalancers > 0) {
      throw new Refusal.Conflict(
          ProblemType.IN_USE,
          Stream.of(
                  nodes.isEmpty() ? "" : "the nodes " + named(nodes),
                  loadBalancers == 0
                      ? ""
                      : loadBalancers + (loadBalancers == 1 ? " load balancer" : " load balancers"))
              .filter(user -> !user.isEmpty())
              .collect(Collectors.joining(" and ", "The cluster has ", ".")));
    }
    store.delete(id);
    audit.append(caller, "cluster.delete", id.text(), before, null);
    return id;
  }

  /** Changes name, address or priority of a node. */
  public Node patch(Caller caller, NodeId id, Conditions conditions, MergePatch patch) {
    caller.requirePlatformAdmin();
    Cluster cluster = clusters.lock(clusters.node(id).clusterId());
    Node before = clusters.node(id);
    conditions.require(before.version());
    List<Node> others =
        store.everyNodeOf(List.of(cluster.id())).stream()
            .filter(node -> !node.id().equals(id))
            .toList();
    Node.Input wanted = bodies.patched(Node.Input.of(before), patch, Node.Input.class);
    Node after =
        before.with(wanted.name(), wanted.address(), Clusters.priority(cluster, wanted, others));
    List<Fault> faults = NodeNumbers.faults(cluster, after, others);
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
    boolean concernsNodes =
        before.priority() != after.priority() || !Objects.equals(before.address(), after.address());
    write(caller, "node.update", before, after, concernsNodes);
    return after;
  }

  /** Lets a node give way to the others and stay away, or takes that back. */
  public Node drain(Caller caller, NodeId id, boolean drained) {
    caller.requirePlatformAdmin();
    clusters.lock(clusters.node(id).clusterId());
    Node before = clusters.node(id);
    if (before.drained() == drained) return before;
    Node after = before.withDrained(drained);
    write(caller, drained ? "node.drain" : "node.activate", before, after, true);
    return after;
  }

  private void write(Caller caller, String action, Node before, Node after, boolean concernsNodes) {
    store.update(after);
    audit.append(caller, action, after.id().text(), before, after);
    if (concernsNodes) clusters.raiseRevision(after.clusterId());
  }

  /** Lets the primary give way once, to that node if one is named. */
  public Cluster handOver(Caller caller, ClusterId id, Optional<NodeId> to) {
    caller.requirePlatformAdmin();
    Cluster before = clusters.lock(id);
    store.raiseHandover(id, to);
    clusters.raiseRevision(id);
    Cluster after = clusters.cluster(id);
    audit.append(caller, "cluster.failover", id.text(), before, after);
    return after;
  }

  private Cluster changeable(ClusterId id, Conditions conditions) {
    Cluster cluster = clusters.lock(id);
    conditions.require(cluster.version());
    return cluster;
  }

  private static String named(List<Node> nodes) {
    String first =
        nodes.stream().limit(MOST_NAMED).map(Node::called).collect(Collectors.joining(", "));
    int more = nodes.size() - MOST_NAMED;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  private static Refusal nameInUse(Cluster cluster) {
    return new Refusal.Conflict(
        ProblemType.NAME_IN_USE, "There is a cluster named '" + cluster.name() + "' already.");
  }
}
