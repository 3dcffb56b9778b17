package dev.poise.server.fleet;

import dev.poise.server.cluster.Cluster;
import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.observation.NodeObservation;
import dev.poise.server.observation.Observations;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Clusters and nodes over HTTP, for those who run the platform. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Clusters")
final class ClusterController {
  private final Clusters clusters;
  private final Revocation revocation;
  private final Observations observations;
  private final Mutations mutations;
  private final InstantSource clock;

  ClusterController(
      Clusters clusters,
      Revocation revocation,
      Observations observations,
      Mutations mutations,
      InstantSource clock) {
    this.clusters = clusters;
    this.revocation = revocation;
    this.observations = observations;
    this.mutations = mutations;
    this.clock = clock;
  }

  @Schema(name = "Cluster")
  record ClusterView(
      ClusterId id,
      DataCenterId dataCenterId,
      String name,
      String remark,
      String model,
      @Schema(description = "Counts the changes of what the nodes should serve") long revision,
      List<NodeView> nodes,
      Instant createTime) {}

  @Schema(name = "Node")
  record NodeView(
      NodeId id,
      ClusterId clusterId,
      String name,
      @Schema(description = "Where the other nodes of the cluster reach it")
          @Nullable IpAddress address,
      @Schema(description = "Since when it is refused and does not count; absent if it is not")
          @Nullable Instant revokeTime,
      @Schema(description = "Whether it was heard of within the last 10 seconds") boolean live,
      @Nullable Instant lastHeardTime,
      @Schema(description = "The revision the node acts on") @Nullable Long acceptedRevision,
      @Nullable Map<String, String> versions,
      @Schema(description = "The listener protocols it can serve") @Nullable List<String> protocols,
      @Schema(description = "Why it cannot serve others") @Nullable Map<String, String> missing,
      @Schema(description = "What is wrong with the node, in words")
          @Nullable List<String> problems,
      @Schema(
              description =
                  "Load balancers that vanished without having been deleted; the node serves on"
                      + " until the removal is confirmed")
          @Nullable List<LoadBalancerId> heldRemovals,
      Instant createTime) {}

  @Schema(name = "NewNode")
  record NewNodeView(
      NodeId id,
      ClusterId clusterId,
      String name,
      @Schema(description = "What the node's agent shows; it is shown only now") String key,
      Instant createTime) {}

  @PostMapping("/clusters")
  @Operation(summary = "Make a cluster", operationId = "createCluster")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = ClusterView.class)))
  ResponseEntity<Object> create(Mutation mutation, @RequestBody Cluster.Input input) {
    return mutations.perform(
        mutation,
        input,
        () -> clusters.create(mutation.caller(), input),
        made -> Answer.created(view(made, List.of()), 0, "/api/v1/clusters/" + made.id()));
  }

  @GetMapping("/clusters")
  @Listed(
      sort = {"createTime", "name", "model"},
      filter = {"name", "dataCenterId", "model"})
  @Operation(summary = "List clusters", operationId = "listClusters")
  Page<ClusterView> list(Caller caller, PageRequest request) {
    caller.requirePlatformAdmin();
    Page<Cluster> page = clusters.clusters(request);
    Map<ClusterId, List<NodeView>> nodes =
        views(clusters.everyNodeOf(page.items().stream().map(Cluster::id).toList())).stream()
            .collect(Collectors.groupingBy(NodeView::clusterId));
    return page.map(cluster -> view(cluster, nodes.getOrDefault(cluster.id(), List.of())));
  }

  @GetMapping("/clusters/{id}")
  @Operation(summary = "Read a cluster", operationId = "getCluster")
  ClusterView get(Caller caller, @PathVariable ClusterId id) {
    caller.requirePlatformAdmin();
    return view(clusters.cluster(id), views(clusters.everyNodeOf(List.of(id))));
  }

  @PostMapping("/clusters/{id}:confirmRemovals")
  @Operation(
      summary = "Confirm removals that nodes hold back",
      description =
          "A node that is told to drop many load balancers nobody deleted goes on serving them."
              + " This lets it drop them.",
      operationId = "confirmRemovals")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ClusterView.class)))
  ResponseEntity<Object> confirmRemovals(Mutation mutation, @PathVariable ClusterId id) {
    return mutations.perform(
        mutation,
        null,
        () -> {
          clusters.confirmRemovals(mutation.caller(), id);
          return clusters.cluster(id);
        },
        after -> Answer.ok(view(after, views(clusters.everyNodeOf(List.of(id)))), 0));
  }

  @PostMapping("/clusters/{id}/nodes")
  @Operation(
      summary = "Add a node",
      description =
          "For machines that get their key by other means than joining. The answer has the key for"
              + " the node's agent. It is not kept and cannot be read again.",
      operationId = "createNode")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = NewNodeView.class)))
  ResponseEntity<Object> addNode(
      Mutation mutation, @PathVariable ClusterId id, @RequestBody Node.Input input) {
    return mutations.perform(
        mutation.withoutKey(),
        input,
        () -> clusters.addNode(mutation.caller(), id, input),
        made -> Answer.created(view(made), 0, "/api/v1/nodes/" + made.node().id()));
  }

  @GetMapping("/nodes")
  @Listed(filter = {"name", "clusterId"})
  @Operation(summary = "List nodes", operationId = "listNodes")
  Page<NodeView> nodes(Caller caller, PageRequest request) {
    caller.requirePlatformAdmin();
    Page<Node> page = clusters.nodes(request);
    return new Page<>(views(page.items()), page.nextPageToken(), page.totalSize());
  }

  @GetMapping("/nodes/{id}")
  @Operation(summary = "Read a node", operationId = "getNode")
  NodeView node(Caller caller, @PathVariable NodeId id) {
    caller.requirePlatformAdmin();
    return views(List.of(clusters.node(id))).getFirst();
  }

  @PostMapping("/nodes/{id}:revoke")
  @Operation(
      summary = "Revoke a node",
      description =
          "Its key is refused from now on and it does not count as a node of its cluster any more."
              + " What it serves it goes on serving until it is switched off: do that first if"
              + " addresses shall be given to others. A join token for the node lets it in again.",
      operationId = "revokeNode")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = NodeView.class)))
  ResponseEntity<Object> revoke(Mutation mutation, @PathVariable NodeId id) {
    return mutations.perform(
        mutation,
        null,
        () -> revocation.revoke(mutation.caller(), id),
        node -> Answer.ok(views(List.of(node)).getFirst(), 0));
  }

  @DeleteMapping("/nodes/{id}")
  @Operation(
      summary = "Delete a node",
      description = "Only one that was revoked.",
      operationId = "deleteNode")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable NodeId id) {
    return mutations.perform(
        mutation, null, () -> clusters.delete(mutation.caller(), id), _ -> Answer.noContent());
  }

  private static NewNodeView view(Clusters.NewNode made) {
    Node node = made.node();
    return new NewNodeView(
        node.id(), node.clusterId(), node.name(), made.key().text(), node.createTime());
  }

  private static ClusterView view(Cluster cluster, List<NodeView> nodes) {
    return new ClusterView(
        cluster.id(),
        cluster.dataCenterId(),
        cluster.name(),
        cluster.remark(),
        cluster.model(),
        cluster.revision(),
        nodes,
        cluster.createTime());
  }

  private List<NodeView> views(List<Node> nodes) {
    Map<NodeId, NodeObservation> heard =
        observations.of(nodes.stream().map(Node::id).toList()).stream()
            .collect(Collectors.toMap(NodeObservation::node, Function.identity()));
    Instant now = clock.instant();
    return nodes.stream()
        .map(node -> view(node, Optional.ofNullable(heard.get(node.id())), now))
        .toList();
  }

  private static NodeView view(Node node, Optional<NodeObservation> heard, Instant now) {
    return new NodeView(
        node.id(),
        node.clusterId(),
        node.name(),
        node.address(),
        node.revokeTime(),
        heard.isPresent() && heard.get().isLive(now),
        heard.map(NodeObservation::reportTime).orElse(null),
        heard.map(NodeObservation::acceptedRevision).orElse(null),
        heard.map(last -> last.capabilities().versions()).orElse(null),
        heard.map(last -> last.capabilities().protocols()).orElse(null),
        heard.map(last -> last.capabilities().missing()).orElse(null),
        heard.map(NodeObservation::problems).orElse(null),
        heard.map(last -> last.heldRemovals().loadBalancers()).orElse(null),
        node.createTime());
  }
}
