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
  private static final String NODE_KEY_PREFIX = "poise_node";

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
        new Node(NodeId.generate(clock.instant()), cluster.id(), input.name(), clock.instant());
    if (!store.insert(node, key)) {
      throw new Refusal.Conflict(
          ProblemType.NAME_IN_USE, "The cluster has a node named '" + node.name() + "' already.");
    }
    audit.append(caller, "node.create", node.id().text(), null, node);
    return new NewNode(node, key);
  }

  /** The node whose agent has that key, if there is one. */
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

  /** The nodes of those clusters. */
  public List<Node> nodesOf(List<ClusterId> clusters) {
    return store.nodesOf(clusters);
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
