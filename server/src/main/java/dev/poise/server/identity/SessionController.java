package dev.poise.server.identity;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Listed;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.Secret;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Signing in and out over HTTP, and setting the first password. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Sign-in")
final class SessionController {
  private final SignIns signIns;
  private final SetUps setUps;
  private final Sessions sessions;
  private final Selves selves;
  private final Attempts attempts;
  private final Mutations mutations;
  private final TransactionTemplate transaction;

  SessionController(
      SignIns signIns,
      SetUps setUps,
      Sessions sessions,
      Selves selves,
      Attempts attempts,
      Mutations mutations,
      TransactionTemplate transaction) {
    this.signIns = signIns;
    this.setUps = setUps;
    this.sessions = sessions;
    this.selves = selves;
    this.attempts = attempts;
    this.mutations = mutations;
    this.transaction = transaction;
  }

  @Schema(name = "SignIn")
  record SignInInput(
      @NotNull(message = "is required") @Size(max = 255) String name,
      @NotNull(message = "is required") @Size(max = 1024) String password,
      @Schema(description = "Of the authenticator, or a recovery code") @Size(max = 64)
          @Nullable String code) {
    /** Without the secrets. */
    @Override
    public String toString() {
      return "SignInInput[hidden]";
    }
  }

  @Schema(name = "PasswordSetUp")
  record SetUpInput(
      @NotNull(message = "is required") @Size(max = 255) String token,
      @Schema(description = "12 characters or more, at most 72 bytes")
          @NotNull(message = "is required")
          @Size(max = 1024)
          String password) {
    /** Without the secrets. */
    @Override
    public String toString() {
      return "SetUpInput[hidden]";
    }
  }

  @Schema(name = "PasswordWasSet")
  record SetUpView(@Schema(description = "What to sign in as") String name) {}

  @PostMapping("/set-up")
  @Operation(
      summary = "Set one's password with a token",
      description = "The token works once. All sessions of the user end.",
      operationId = "setUp")
  @SecurityRequirements
  SetUpView setUp(@RequestBody SetUpInput input, HttpServletRequest request) {
    Origin origin = Origin.of(request);
    attempts.count(origin);
    String name =
        transaction.execute(
            _ -> setUps.redeem(new Secret(input.token()), input.password(), origin));
    attempts.succeeded(origin);
    return new SetUpView(name);
  }

  @PostMapping("/sessions")
  @Operation(
      summary = "Sign in",
      description =
          "For browsers: the answer sets a cookie, and has the token that changes must come with in"
              + " the header X-CSRF-Token. The problem code-required says that the user has"
              + " one-time codes.",
      operationId = "signIn")
  @ApiResponse(
      responseCode = "201",
      content = @Content(schema = @Schema(implementation = Me.class)))
  @SecurityRequirements
  ResponseEntity<Me> signIn(
      @RequestBody SignInInput input, HttpServletRequest request, HttpServletResponse response) {
    Origin origin = Origin.of(request);
    Sessions.Begun begun = signIns.signIn(input.name(), input.password(), input.code(), origin);
    SessionCookie.set(request, response, begun.token());
    return ResponseEntity.status(HttpStatus.CREATED).body(selves.of(begun));
  }

  @GetMapping("/sessions")
  @Listed(sort = "createTime")
  @Operation(summary = "List one's own sessions", operationId = "listSessions")
  Page<Session> list(Caller caller, PageRequest page) {
    return sessions.list(caller, page);
  }

  @DeleteMapping("/sessions/current")
  @Operation(summary = "Sign out", operationId = "signOut")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> signOut(
      Mutation mutation, HttpServletRequest request, HttpServletResponse response) {
    SessionId current = Sessions.current(mutation.caller());
    ResponseEntity<Object> answer =
        mutations.perform(
            mutation,
            null,
            () -> sessions.end(mutation.caller(), current),
            _ -> Answer.noContent());
    if (!mutation.dryRun()) SessionCookie.clear(request, response);
    return answer;
  }

  @DeleteMapping("/sessions/{id}")
  @Operation(summary = "End one of one's own sessions", operationId = "endSession")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> end(Mutation mutation, @PathVariable SessionId id) {
    return mutations.perform(
        mutation, null, () -> sessions.end(mutation.caller(), id), _ -> Answer.noContent());
  }
}
