package dev.poise.server.identity;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** API keys over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "API keys")
final class ApiKeyController {
  private final ApiKeys keys;
  private final Mutations mutations;

  ApiKeyController(ApiKeys keys, Mutations mutations) {
    this.keys = keys;
    this.mutations = mutations;
  }

  @Schema(name = "NewApiKey")
  record NewApiKeyView(
      ApiKeyId id,
      UserId userId,
      String name,
      Scope scope,
      @Nullable Instant expireTime,
      Instant createTime,
      @Schema(description = "Shown only once") String key) {

    static NewApiKeyView of(ApiKeys.Made made) {
      ApiKey key = made.key();
      return new NewApiKeyView(
          key.id(),
          key.userId(),
          key.name(),
          key.scope(),
          key.expireTime(),
          key.createTime(),
          made.secret().text());
    }

    /** Without the key. */
    @Override
    public String toString() {
      return "NewApiKeyView[" + id + "]";
    }
  }

  @PostMapping("/api-keys")
  @Operation(
      summary = "Make an API key for oneself",
      description = "The answer has the key. It is not kept and cannot be read again.",
      operationId = "createApiKey")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = NewApiKeyView.class)))
  ResponseEntity<Object> create(Mutation mutation, @RequestBody ApiKey.Input input) {
    return mutations.perform(
        mutation.withoutKey(),
        input,
        () -> keys.create(mutation.caller(), input),
        made -> Answer.created(NewApiKeyView.of(made), 0, "/api/v1/api-keys/" + made.key().id()));
  }

  @GetMapping("/api-keys")
  @Listed(filter = {"name", "userId", "scope"})
  @Operation(
      summary = "List API keys",
      description = "One's own; administrators see those of the tenant.",
      operationId = "listApiKeys")
  Page<ApiKey> list(Caller caller, PageRequest page) {
    return keys.list(caller, page);
  }

  @GetMapping("/api-keys/{id}")
  @Operation(summary = "Read about an API key", operationId = "getApiKey")
  ApiKey get(Caller caller, @PathVariable ApiKeyId id) {
    return keys.get(caller, id);
  }

  @DeleteMapping("/api-keys/{id}")
  @Operation(
      summary = "Revoke an API key",
      description = "It is refused from the next request on.",
      operationId = "revokeApiKey")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> revoke(Mutation mutation, @PathVariable ApiKeyId id) {
    return mutations.perform(
        mutation, null, () -> keys.revoke(mutation.caller(), id), _ -> Answer.noContent());
  }
}
