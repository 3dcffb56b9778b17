package dev.poise.server.fleet;

import dev.poise.server.cluster.Cluster;
import dev.poise.server.cluster.ClusterChanges;
import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Clusters over HTTP, for those who run the platform. */
@RestController
@RequestMapping("/api/v1/clusters")
@Tag(name = "Clusters")
final class ClusterController {
  private final Clusters clusters;
  private final ClusterChanges changes;
  private final Moves moves;
  private final ClusterViews views;
  private final Mutations mutations;

  ClusterController(
      Clusters clusters,
      ClusterChanges changes,
      Moves moves,
      ClusterViews views,
      Mutations mutations) {
    this.clusters = clusters;
    this.changes = changes;
    this.moves = moves;
    this.views = views;
    this.mutations = mutations;
  }

  @Schema(name = "NewNode")
  record NewNodeView(
      NodeId id,
      ClusterId clusterId,
      String name,
      @Schema(description = "What the node's agent shows; it is shown only now") String key,
      Instant createTime) {}

  @Schema(name = "FailoverInput")
  record FailoverInput(
      @Schema(description = "The node that takes over; the one with the highest priority if absent")
          @Nullable NodeId to) {}

  @PostMapping
  @Operation(summary = "Make a cluster", operationId = "createCluster")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = ClusterView.class)))
  ResponseEntity<Object> create(Mutation mutation, @RequestBody Cluster.Input input) {
    return mutations.perform(
        mutation,
        input,
        () -> changes.create(mutation.caller(), input),
        made -> Answer.created(views.of(made), made.version(), "/api/v1/clusters/" + made.id()));
  }

  @GetMapping
  @Listed(
      sort = {"createTime", "name", "model"},
      filter = {"name", "dataCenterId", "model"})
  @Operation(summary = "List clusters", operationId = "listClusters")
  Page<ClusterView> list(Caller caller, PageRequest request) {
    caller.requirePlatformAdmin();
    Page<Cluster> page = clusters.clusters(request);
    return new Page<>(views.of(page.items()), page.nextPageToken(), page.totalSize());
  }

  @GetMapping("/{id}")
  @Operation(
      summary = "Read a cluster",
      description = "Its settings, what its nodes say, and what somebody should look after.",
      operationId = "getCluster")
  ResponseEntity<ClusterView> get(Caller caller, @PathVariable ClusterId id) {
    caller.requirePlatformAdmin();
    Cluster found = clusters.cluster(id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.version())).body(views.of(found));
  }

  @PatchMapping("/{id}")
  @Operation(
      summary = "Change name, remark or VRRP of a cluster",
      description =
          "With VRRP the nodes move addresses between them; each needs an address of its own"
              + " first, and gets a priority if it has none. `vrrp: null` ends that.",
      operationId = "updateCluster")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = Cluster.Input.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ClusterView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable ClusterId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> changes.patch(mutation.caller(), id, mutation.conditions(), patch),
        this::answer);
  }

  @DeleteMapping("/{id}")
  @Operation(
      summary = "Delete a cluster",
      description = "Refused while it has nodes or load balancers.",
      operationId = "deleteCluster")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable ClusterId id) {
    return mutations.perform(
        mutation,
        null,
        () -> changes.delete(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }

  @PostMapping("/{id}:confirmRemovals")
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
        this::answer);
  }

  @PostMapping("/{id}:failover")
  @Operation(
      summary = "Move the addresses to another node",
      description =
          "The primary gives way once; it is a standby then. Refused if no other node is ready to"
              + " take over. With `Prefer: wait` the answer waits until another node has the"
              + " addresses.",
      operationId = "failOverCluster")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ClusterView.class)))
  ResponseEntity<Object> failOver(
      Mutation mutation,
      @PathVariable ClusterId id,
      @RequestBody(required = false) @Nullable FailoverInput input) {
    Optional<NodeId> to = Optional.ofNullable(input).map(FailoverInput::to);
    return mutations.perform(
        mutation,
        input,
        () -> moves.failOver(mutation.caller(), id, to),
        moves::awaitFailover,
        after -> answer(after.cluster()));
  }

  @PostMapping("/{id}/nodes")
  @Operation(
      summary = "Add a node",
      description =
          "The answer has the key for the node's agent. It is not kept and cannot be read again.",
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
        made ->
            Answer.created(view(made), made.node().version(), "/api/v1/nodes/" + made.node().id()));
  }

  private Answer answer(Cluster after) {
    return Answer.ok(views.of(after), after.version());
  }

  private static NewNodeView view(Clusters.NewNode made) {
    Node node = made.node();
    return new NewNodeView(
        node.id(), node.clusterId(), node.name(), made.key().text(), node.createTime());
  }
}
