package dev.poise.server.fleet;

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
import dev.poise.spec.NodeId;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Nodes over HTTP, for those who run the platform. */
@RestController
@RequestMapping("/api/v1/nodes")
@Tag(name = "Clusters")
final class NodeController {
  private final Clusters clusters;
  private final ClusterChanges changes;
  private final Moves moves;
  private final Revocation revocation;
  private final ClusterViews views;
  private final Mutations mutations;

  NodeController(
      Clusters clusters,
      ClusterChanges changes,
      Moves moves,
      Revocation revocation,
      ClusterViews views,
      Mutations mutations) {
    this.clusters = clusters;
    this.changes = changes;
    this.moves = moves;
    this.revocation = revocation;
    this.views = views;
    this.mutations = mutations;
  }

  @GetMapping
  @Listed(filter = {"name", "clusterId"})
  @Operation(summary = "List nodes", operationId = "listNodes")
  Page<NodeView> list(Caller caller, PageRequest request) {
    caller.requirePlatformAdmin();
    Page<Node> page = clusters.nodes(request);
    return new Page<>(views.ofNodes(page.items()), page.nextPageToken(), page.totalSize());
  }

  @GetMapping("/{id}")
  @Operation(summary = "Read a node", operationId = "getNode")
  ResponseEntity<NodeView> get(Caller caller, @PathVariable NodeId id) {
    caller.requirePlatformAdmin();
    Node found = clusters.node(id);
    return ResponseEntity.ok().eTag(Conditions.etag(found.version())).body(views.of(found));
  }

  @PatchMapping("/{id}")
  @Operation(
      summary = "Change name, address or priority of a node",
      description =
          "A priority decides who of several nodes begins as primary. Who has the addresses keeps"
              + " them, also beside a node of higher priority.",
      operationId = "updateNode")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = Node.Input.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = NodeView.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable NodeId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> changes.patch(mutation.caller(), id, mutation.conditions(), patch),
        this::answer);
  }

  @PostMapping("/{id}:drain")
  @Operation(
      summary = "Let a node give way to the others and stay away",
      description =
          "Before it is switched off. It serves what it has open and takes no addresses until it is"
              + " activated. With `Prefer: wait` the answer waits until another node has the"
              + " addresses.",
      operationId = "drainNode")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = NodeView.class)))
  ResponseEntity<Object> drain(
      Mutation mutation,
      @PathVariable NodeId id,
      @RequestParam(defaultValue = "false")
          @io.swagger.v3.oas.annotations.Parameter(
              description = "Drain it though no other node can take over; nobody serves then")
          boolean force) {
    return mutations.perform(
        mutation,
        null,
        () -> moves.drain(mutation.caller(), id, force),
        moves::awaitDrained,
        this::answer);
  }

  @PostMapping("/{id}:activate")
  @Operation(
      summary = "Take a drain back",
      description =
          "The node is a standby from then on. With `Prefer: wait` the answer waits until it is.",
      operationId = "activateNode")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = NodeView.class)))
  ResponseEntity<Object> activate(Mutation mutation, @PathVariable NodeId id) {
    return mutations.perform(
        mutation,
        null,
        () -> moves.activate(mutation.caller(), id),
        moves::awaitActive,
        this::answer);
  }

  @PostMapping("/{id}:revoke")
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
        mutation, null, () -> revocation.revoke(mutation.caller(), id), this::answer);
  }

  @DeleteMapping("/{id}")
  @Operation(
      summary = "Delete a node",
      description = "Only one that was revoked.",
      operationId = "deleteNode")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable NodeId id) {
    return mutations.perform(
        mutation, null, () -> clusters.delete(mutation.caller(), id), _ -> Answer.noContent());
  }

  private Answer answer(Node after) {
    return Answer.ok(views.of(after), after.version());
  }
}
