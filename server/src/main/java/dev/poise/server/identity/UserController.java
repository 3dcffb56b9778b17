package dev.poise.server.identity;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.MergePatch;
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
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The users of a tenant over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Users")
final class UserController {
  private final Users users;
  private final Mutations mutations;

  UserController(Users users, Mutations mutations) {
    this.users = users;
    this.mutations = mutations;
  }

  @Schema(name = "NewUser")
  record NewUserView(User user, SetUp setUp) {}

  @PostMapping("/users")
  @Operation(
      summary = "Make a user of the tenant",
      description =
          "For administrators. The answer has the token with which the user sets a password. It"
              + " cannot be read again.",
      operationId = "createUser")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = NewUserView.class)))
  ResponseEntity<Object> create(Mutation mutation, @RequestBody User.Input input) {
    return mutations.perform(
        mutation.withoutKey(),
        input,
        () -> users.create(mutation.caller(), input),
        made ->
            Answer.created(
                new NewUserView(made.user(), made.setUp()),
                made.user().version(),
                "/api/v1/users/" + made.user().id()));
  }

  @GetMapping("/users")
  @Listed(filter = {"name", "role", "state", "email"})
  @Operation(summary = "List the users of the tenant", operationId = "listUsers")
  Page<User> list(Caller caller, PageRequest page) {
    return users.list(caller, page);
  }

  @GetMapping("/users/{id}")
  @Operation(
      summary = "Read a user of the tenant",
      description = "Deleted ones too, so that it is known who made what.",
      operationId = "getUser")
  ResponseEntity<User> get(Caller caller, @PathVariable UserId id) {
    User user = users.get(caller, id);
    return ResponseEntity.ok().eTag(Conditions.etag(user.version())).body(user);
  }

  @PatchMapping("/users/{id}")
  @Operation(
      summary = "Change a user's role, addresses or remark",
      description = "For administrators. The last administrator of a tenant stays one.",
      operationId = "updateUser")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content = @Content(schema = @Schema(implementation = User.Input.class)))
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = User.class)))
  ResponseEntity<Object> patch(
      Mutation mutation, @PathVariable UserId id, @RequestBody MergePatch patch) {
    return mutations.perform(
        mutation,
        null,
        () -> users.patch(mutation.caller(), id, mutation.conditions(), patch),
        UserController::answer);
  }

  @PostMapping("/users/{id}:disable")
  @Operation(
      summary = "End a user's sessions and stop its keys",
      description = "At once. What it made stays.",
      operationId = "disableUser")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = User.class)))
  ResponseEntity<Object> disable(Mutation mutation, @PathVariable UserId id) {
    return mutations.perform(
        mutation,
        null,
        () -> users.disable(mutation.caller(), id, mutation.conditions()),
        UserController::answer);
  }

  @PostMapping("/users/{id}:enable")
  @Operation(summary = "Let a user in again", operationId = "enableUser")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = User.class)))
  ResponseEntity<Object> enable(Mutation mutation, @PathVariable UserId id) {
    return mutations.perform(
        mutation,
        null,
        () -> users.enable(mutation.caller(), id, mutation.conditions()),
        UserController::answer);
  }

  @PostMapping("/users/{id}:issueSetUp")
  @Operation(
      summary = "Let a user set a new password",
      description =
          "For administrators. The answer has a token that cannot be read again; tokens issued"
              + " before are void. The old password works until the new one is set.",
      operationId = "issueSetUp")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = SetUp.class)))
  ResponseEntity<Object> issueSetUp(Mutation mutation, @PathVariable UserId id) {
    return mutations.perform(
        mutation.withoutKey(),
        null,
        () -> users.issueSetUp(mutation.caller(), id),
        setUp -> Answer.ok(setUp, 0));
  }

  @PostMapping("/users/{id}:resetTotp")
  @Operation(
      summary = "Switch a user's one-time codes off",
      description =
          "For administrators, when a user lost the authenticator and the recovery codes.",
      operationId = "resetTotp")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = User.class)))
  ResponseEntity<Object> resetTotp(Mutation mutation, @PathVariable UserId id) {
    return mutations.perform(
        mutation, null, () -> users.resetTotp(mutation.caller(), id), UserController::answer);
  }

  @DeleteMapping("/users/{id}")
  @Operation(
      summary = "Delete a user",
      description = "What it made stays, and still names it.",
      operationId = "deleteUser")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> delete(Mutation mutation, @PathVariable UserId id) {
    return mutations.perform(
        mutation,
        null,
        () -> users.delete(mutation.caller(), id, mutation.conditions()),
        _ -> Answer.noContent());
  }

  private static Answer answer(User user) {
    return Answer.ok(user, user.version());
  }
}
