package dev.poise.server.cluster;

import dev.poise.server.audit.Audit;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.Networks;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.Signals;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Makes and finds clusters and nodes, and counts the changes of a cluster. */
@Component
public final class Clusters {
  static final String NODE_KEY_PREFIX = "poise_node";

  private final ClusterStore store;
  private final Networks networks;
  private final Signals signals;
  private final Audit audit;
  private final InstantSource clock;

  Clusters(
      ClusterStore store, Networks networks, Signals signals, Audit audit, InstantSource clock) {
    this.store = store;
    this.networks = networks;
    this.signals = signals;
    this.audit = audit;
    this.clock = clock;
  }

  /** A node with the key its agent shows; nobody can read the key again. */
  public record NewNode(Node node, Secret key) {}

  /** Makes a cluster without nodes. */
  public Cluster create(Caller caller, Cluster.Input input) {
    caller.requirePlatformAdmin();
    Instant now = clock.instant();
    DataCenterId dataCenter = networks.dataCenter(input.dataCenterId()).id();
    String remark = Objects.requireNonNullElse(input.remark(), "");
    Cluster made =
        new Cluster(
            ClusterId.generate(now), dataCenter, input.name(), remark, input.model(), 1, 0, now);
    if (!store.insert(made)) {
      throw new Refusal.Conflict(
          ProblemType.NAME_IN_USE, "There is a cluster named '" + made.name() + "' already.");
    }
    audit.append(caller, "cluster.create", made.id().text(), null, made);
    return made;
  }

  /** Adds a node to a cluster. */
  public NewNode addNode(Caller caller, ClusterId clusterId, Node.Input input) {
    caller.requirePlatformAdmin();
    Cluster cluster = cluster(clusterId);
    Secret key = Secret.generate(NODE_KEY_PREFIX);
    Node node =
        new Node(
            NodeId.generate(clock.instant()),
            cluster.id(),
            input.name(),
            input.address(),
            null,
            clock.instant());
    if (!store.insert(node, key)) {
      throw new Refusal.Conflict(
          ProblemType.NAME_IN_USE, "The cluster has a node named '" + node.name() + "' already.");
    }
    audit.append(caller, "node.create", node.id().text(), null, node);
    return new NewNode(node, key);
  }

  /**
   * Lets a node in no more, and counts it as none. Raise the revision after what follows from that:
   * it ends the long polls, that of the node too.
   */
  public Node revoke(Caller caller, NodeId id) {
    caller.requirePlatformAdmin();
    Node before = node(id);
    if (before.revokeTime() != null) return before;
    store.revoke(id, clock.instant());
    Node after = node(id);
    audit.append(caller, "node.revoke", id.text(), before, after);
    return after;
  }

  /**
   * Keeps the node from being revoked until the transaction ends.
   *
   * @throws Refusal.Unauthenticated if it was
   */
  public void hold(NodeId id) {
    if (!store.hold(id)) throw notANode();
  }

  /** What an agent is told whose key opens nothing. */
  public static Refusal notANode() {
    return new Refusal.Unauthenticated("The agent's key is not valid.");
  }

  /**
   * Forgets a node.
   *
   * @throws Refusal.Conflict unless it was revoked before
   */
  public NodeId delete(Caller caller, NodeId id) {
    caller.requirePlatformAdmin();
    Node node = node(id);
    if (node.revokeTime() == null) {
      throw new Refusal.Conflict(
          ProblemType.IN_USE,
          "The node '%s' may still serve. Revoke it first.".formatted(node.name()));
    }
    store.delete(id);
    audit.append(caller, "node.delete", id.text(), node, null);
    return id;
  }

  /** The node whose agent has that key, if there is one and it was not revoked. */
  public Optional<Node> authenticate(Secret key) {
    return store.nodeByKey(key);
  }

  /**
   * The cluster with that id.
   *
   * @throws Refusal.NotFound if there is none
   */
  public Cluster cluster(ClusterId id) {
    return store.cluster(id).orElseThrow(() -> new Refusal.NotFound("cluster " + id));
  }

  /**
   * The node with that id.
   *
   * @throws Refusal.NotFound if there is none
   */
  public Node node(NodeId id) {
    return store.node(id).orElseThrow(() -> new Refusal.NotFound("node " + id));
  }

  public Page<Cluster> clusters(PageRequest request) {
    return store.clusters(request);
  }

  public Page<Node> nodes(PageRequest request) {
    return store.nodes(request);
  }

  /** The nodes of those clusters that count: those that were not revoked. */
  public List<Node> nodesOf(List<ClusterId> clusters) {
    return everyNodeOf(clusters).stream().filter(node -> node.revokeTime() == null).toList();
  }

  /** The nodes of those clusters, revoked ones too. */
  public List<Node> everyNodeOf(List<ClusterId> clusters) {
    return store.everyNodeOf(clusters);
  }

  /** The clusters of a data centre, of that model or of any if it is empty. */
  public List<Cluster> in(DataCenterId dataCenter, Optional<String> model) {
    return store.in(dataCenter, model);
  }

  /**
   * Counts a change of what the nodes should serve, in the transaction of that change. The row
   * stays locked until its end, so revisions become visible in their order: call it late.
   */
  public long raiseRevision(ClusterId id) {
    long revision = store.raiseRevision(id);
    signals.raise(id.text());
    return revision;
  }

  /** Lets the nodes go through with removals they hold back. */
  public void confirmRemovals(Caller caller, ClusterId id) {
    caller.requirePlatformAdmin();
    Cluster before = cluster(id);
    store.confirmRemovals(id, raiseRevision(id));
    audit.append(caller, "cluster.confirm-removals", id.text(), before, cluster(id));
  }
}
