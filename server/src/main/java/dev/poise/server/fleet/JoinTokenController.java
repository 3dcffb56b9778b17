package dev.poise.server.fleet;

import dev.poise.server.channel.AgentChannel;
import dev.poise.server.channel.AgentChannel.Entrance;
import dev.poise.server.cluster.JoinToken;
import dev.poise.server.cluster.JoinTokenId;
import dev.poise.server.cluster.JoinTokens;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Listed;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Join tokens over HTTP, for those who run the platform. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Clusters")
final class JoinTokenController {
  private final JoinTokens tokens;
  private final AgentChannel channel;
  private final Mutations mutations;

  JoinTokenController(JoinTokens tokens, AgentChannel channel, Mutations mutations) {
    this.tokens = tokens;
    this.channel = channel;
    this.mutations = mutations;
  }

  @Schema(name = "NewJoinToken")
  record NewJoinTokenView(
      JoinTokenId id,
      ClusterId clusterId,
      @Schema(description = "The node whose key it replaces; absent if it makes a new one")
          @Nullable NodeId nodeId,
      @Schema(description = "Works once; it is shown only now") String token,
      Instant expireTime,
      @Schema(description = "What the control plane is known by, in curl's form") String pin,
      @Schema(description = "Where agents find the control plane") String serverUrl,
      @Schema(description = "What to run on the machine that becomes a node") String command) {

    static NewJoinTokenView of(JoinTokens.Made made, Entrance entrance) {
      JoinToken token = made.token();
      String command =
          "curl -fsSk --pinnedpubkey '%s' '%s/install' | sudo sh -s -- --server '%s' --pin '%s' --token '%s'"
              .formatted(
                  entrance.pin(),
                  entrance.url(),
                  entrance.url(),
                  entrance.pin(),
                  made.secret().text());
      return new NewJoinTokenView(
          token.id(),
          token.clusterId(),
          token.nodeId(),
          made.secret().text(),
          token.expireTime(),
          entrance.pin(),
          entrance.url(),
          command);
    }

    /** Without the token. */
    @Override
    public String toString() {
      return "NewJoinTokenView[" + id + "]";
    }
  }

  @PostMapping("/clusters/{id}/join-tokens")
  @Operation(
      summary = "Make a join token",
      description =
          "A machine becomes a node of the cluster with it, once. The answer has the command to run"
              + " there. The token is not kept and cannot be read again.",
      operationId = "createJoinToken")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = NewJoinTokenView.class)))
  ResponseEntity<Object> create(
      Mutation mutation, @PathVariable ClusterId id, @RequestBody JoinToken.Input input) {
    return create(mutation, input, () -> tokens.create(mutation.caller(), id, input));
  }

  @PostMapping("/nodes/{id}/join-tokens")
  @Operation(
      summary = "Make a join token for a node that lost its key",
      description =
          "The machine that joins with it is this node from then on, with a new key and the same"
              + " id; the old key is refused. A node that was revoked is let in again.",
      operationId = "createNodeJoinToken")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = NewJoinTokenView.class)))
  ResponseEntity<Object> createForNode(
      Mutation mutation, @PathVariable NodeId id, @RequestBody JoinToken.Input input) {
    return create(mutation, input, () -> tokens.create(mutation.caller(), id, input));
  }

  private ResponseEntity<Object> create(
      Mutation mutation, JoinToken.Input input, Supplier<JoinTokens.Made> work) {
    mutation.caller().requirePlatformAdmin();
    Entrance entrance = channel.entrance();
    return mutations.perform(
        mutation.withoutKey(),
        input,
        work,
        made ->
            Answer.created(
                NewJoinTokenView.of(made, entrance),
                0,
                "/api/v1/clusters/" + made.token().clusterId() + "/join-tokens"));
  }

  @GetMapping("/clusters/{id}/join-tokens")
  @Listed(
      sort = {"createTime", "expireTime"},
      filter = {"nodeId"})
  @Operation(
      summary = "List join tokens of a cluster",
      description =
          "Used and expired ones of the last weeks too; the tokens themselves are not kept.",
      operationId = "listJoinTokens")
  Page<JoinToken> list(Caller caller, @PathVariable ClusterId id, PageRequest request) {
    return tokens.list(caller, id, request);
  }

  @DeleteMapping("/join-tokens/{id}")
  @Operation(
      summary = "Take a join token back",
      description = "A node that joined with it stays.",
      operationId = "deleteJoinToken")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable JoinTokenId id) {
    return mutations.perform(
        mutation, null, () -> tokens.delete(mutation.caller(), id), _ -> Answer.noContent());
  }
}
