package dev.poise.server.cluster;

import dev.poise.server.audit.Audit;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Gathering;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.Signals;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.NodeId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.springframework.stereotype.Component;

/** Finds clusters and nodes, lets nodes in and out, and counts the changes of a cluster. */
@Component
public final class Clusters {
  private static final String NODE_KEY_PREFIX = "poise_node";

  /** Of agents that ask who they are, or how far their cluster is. */
  private static final int MOST_AT_ONCE = 200;

  private final ClusterStore store;
  private final Gathering<ByteBuffer, Optional<Node>> authenticated;
  private final Gathering<ClusterId, Optional<Long>> revision;
  private final Signals signals;
  private final Audit audit;
  private final InstantSource clock;

  Clusters(ClusterStore store, Signals signals, Audit audit, InstantSource clock) {
    this.store = store;
    authenticated = Gathering.ofLookUps(MOST_AT_ONCE, store::nodesByKeys);
    revision = Gathering.ofLookUps(MOST_AT_ONCE, store::revisions);
    this.signals = signals;
    this.audit = audit;
    this.clock = clock;
  }

  /** A node with the key its agent shows; nobody can read the key again. */
  public record NewNode(Node node, Secret key) {}

  /** Adds a node to a cluster. */
  public NewNode addNode(Caller caller, ClusterId clusterId, Node.Input input) {
    caller.requirePlatformAdmin();
    Secret key = newKey();
    return new NewNode(admit(caller, clusterId, input, key), key);
  }

  /** A key for a node. */
  static Secret newKey() {
    return Secret.generate(NODE_KEY_PREFIX);
  }

  /**
   * Makes a node, with all that follows from it.
   *
   * @throws Refusal.Invalid if the cluster has another node like it
   */
  Node admit(Caller caller, ClusterId clusterId, Node.Input input, Secret key) {
    Cluster cluster = lock(clusterId);
    List<Node> others = store.everyNodeOf(List.of(clusterId));
    Instant now = clock.instant();
    Node node =
        new Node(
            NodeId.generate(now),
            cluster.id(),
            input.name(),
            input.address(),
            priority(cluster, input, others),
            false,
            null,
            1,
            now);
    List<Fault> faults = NodeNumbers.faults(cluster, node, others);
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
    store.insert(node, key);
    audit.append(caller, "node.create", node.id().text(), null, node);
    raiseRevision(clusterId);
    return node;
  }

  /**
   * Lets a node in again, with another key and at another address.
   *
   * @throws Refusal.Invalid if another node has the address
   */
  Node readmit(Caller caller, NodeId id, IpAddress address, Secret key) {
    Cluster cluster = lock(node(id).clusterId());
    Node before = node(id);
    List<Node> others =
        store.everyNodeOf(List.of(cluster.id())).stream()
            .filter(node -> !node.id().equals(id))
            .toList();
    Node.Input input =
        new Node.Input(before.name(), address, before.priority() == 0 ? null : before.priority());
    Node changed = before.with(before.name(), address, priority(cluster, input, others));
    List<Fault> faults = NodeNumbers.faults(cluster, changed, others);
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
    store.update(changed);
    store.renew(id, key);
    Node after = node(id);
    audit.append(caller, "node.join", id.text(), before, after);
    raiseRevision(cluster.id());
    return after;
  }

  static int priority(Cluster cluster, Node.Input input, List<Node> others) {
    return Objects.requireNonNullElseGet(
        input.priority(), () -> cluster.vrrp() == null ? 0 : NodeNumbers.priority(others));
  }

  /**
   * Lets a node in no more, and counts it as none. Raise the revision after what follows from that:
   * it wakes the nodes that wait for manifests, this one too.
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
   * Keeps nodes from being revoked until the transaction ends.
   *
   * @param held those that were not revoked before
   */
  public static Question hold(List<NodeId> ids, Consumer<NodeId> held) {
    return ClusterStore.hold(ids, held);
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

  /**
   * The node whose agent has that key, if there is one and it was not revoked. Not to be asked in a
   * transaction.
   */
  public Optional<Node> authenticate(Secret key) {
    return authenticated.ask(ByteBuffer.wrap(key.hash()));
  }

  /**
   * The cluster with that id.
   *
   * @throws Refusal.NotFound if there is none
   */
  public Cluster cluster(ClusterId id) {
    return store.cluster(id).orElseThrow(() -> notFound(id));
  }

  /** Asks for a cluster, and for its nodes in the order of their ids without revoked ones. */
  public static List<Question> ofCluster(
      ClusterId id, Consumer<Cluster> cluster, Consumer<Node> nodes) {
    return List.of(ClusterStore.ofCluster(id, cluster), ClusterStore.ofNodes(id, nodes));
  }

  /** Asks for the revision of a cluster. */
  public static Question ofRevision(ClusterId id, LongConsumer answer) {
    return ClusterStore.ofRevision(id, answer);
  }

  /**
   * The same; nobody else changes it or its nodes until the transaction ends.
   *
   * @throws Refusal.NotFound if there is none
   */
  public Cluster lock(ClusterId id) {
    return store.lock(id).orElseThrow(() -> notFound(id));
  }

  private static Refusal notFound(ClusterId id) {
    return new Refusal.NotFound("cluster " + id);
  }

  /**
   * The node with that id.
   *
   * @throws Refusal.NotFound if there is none
   */
  public Node node(NodeId id) {
    return store.node(id).orElseThrow(() -> new Refusal.NotFound("node " + id));
  }

  /** All of them. */
  public List<Cluster> all() {
    return store.all();
  }

  /** Which problems of each cluster were told last. */
  public Map<ClusterId, List<String>> announced() {
    return store.announced();
  }

  /** Notes which problems of a cluster were told; whether they are others than those before. */
  public boolean announce(ClusterId id, List<String> problems) {
    return store.announce(id, problems);
  }

  public Page<Cluster> clusters(PageRequest request) {
    return store.clusters(request);
  }

  public Page<Node> nodes(PageRequest request) {
    return store.nodes(request);
  }

  /** The nodes of those clusters; one that is revoked is none any more. */
  public List<Node> nodesOf(List<ClusterId> clusters) {
    return everyNodeOf(clusters).stream().filter(node -> !node.isRevoked()).toList();
  }

  /** The nodes of those clusters with those that are revoked, for whoever looks after them. */
  public List<Node> everyNodeOf(List<ClusterId> clusters) {
    return store.everyNodeOf(clusters);
  }

  /**
   * The revision of that cluster.
   *
   * @throws Refusal.NotFound if there is none
   */
  public long revision(ClusterId id) {
    return revision.ask(id).orElseThrow(() -> notFound(id));
  }

  /** The revisions of those clusters. */
  public Map<ClusterId, Long> revisions(List<ClusterId> clusters) {
    return store.revisions(clusters);
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
    return raiseRevision(id, List.of());
  }

  /** The same, in one round trip with changes that are made before. */
  public long raiseRevision(ClusterId id, List<Question> changes) {
    long revision = store.raiseRevision(id, changes);
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
