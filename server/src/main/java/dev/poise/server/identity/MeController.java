package dev.poise.server.identity;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Mutation;
import dev.poise.server.platform.Mutations;
import dev.poise.server.platform.Mutations.Answer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a user does with its own account, over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Sign-in")
final class MeController {
  private final Selves selves;
  private final SignIns signIns;
  private final SecondFactors secondFactors;
  private final Attempts attempts;
  private final Mutations mutations;

  MeController(
      Selves selves,
      SignIns signIns,
      SecondFactors secondFactors,
      Attempts attempts,
      Mutations mutations) {
    this.selves = selves;
    this.signIns = signIns;
    this.secondFactors = secondFactors;
    this.attempts = attempts;
    this.mutations = mutations;
  }

  @Schema(name = "PasswordChange")
  record PasswordInput(
      @NotNull(message = "is required") @Size(max = 1024) String currentPassword,
      @Schema(description = "12 characters or more, at most 72 bytes")
          @NotNull(message = "is required")
          @Size(max = 1024)
          String newPassword) {
    /** Without the secrets. */
    @Override
    public String toString() {
      return "PasswordInput[hidden]";
    }
  }

  @Schema(name = "TotpEnrolmentInput")
  record EnrolmentInput(@NotNull(message = "is required") @Size(max = 1024) String password) {
    /** Without the secret. */
    @Override
    public String toString() {
      return "EnrolmentInput[hidden]";
    }
  }

  @Schema(name = "TotpEnrolment")
  record EnrolmentView(
      @Schema(description = "In Base32, to be typed into an authenticator") String secret,
      @Schema(description = "The same, to be shown as a QR code") String uri) {
    /** Without the secret. */
    @Override
    public String toString() {
      return "EnrolmentView[hidden]";
    }
  }

  @Schema(name = "OneTimeCode")
  record CodeInput(@NotNull(message = "is required") @Size(max = 64) String code) {
    /** Without the code. */
    @Override
    public String toString() {
      return "CodeInput[hidden]";
    }
  }

  @Schema(name = "RecoveryCodes")
  record RecoveryView(
      @Schema(description = "Each works once instead of a code; shown only once")
          List<String> recoveryCodes) {
    /** Without the codes. */
    @Override
    public String toString() {
      return "RecoveryView[hidden]";
    }
  }

  @GetMapping("/me")
  @Operation(summary = "Read who one is", operationId = "getMe")
  Me me(Caller caller, HttpServletRequest request) {
    return selves.of(caller, SessionCookie.of(request));
  }

  @PostMapping("/me:changePassword")
  @Operation(
      summary = "Change one's password",
      description = "Ends one's other sessions. API keys stay.",
      operationId = "changePassword")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> changePassword(
      Mutation mutation, @RequestBody PasswordInput input, HttpServletRequest request) {
    signIns.requirePassword(
        mutation.caller(), input.currentPassword(), "/currentPassword", Origin.of(request));
    return mutations.perform(
        mutation.withoutKey(),
        null,
        () -> signIns.changePassword(mutation.caller(), input.newPassword(), "/newPassword"),
        _ -> Answer.noContent());
  }

  @PostMapping("/me:enrolTotp")
  @Operation(
      summary = "Get a key for one-time codes",
      description =
          "It counts once it is confirmed with a code. It is shown only here; asking again makes"
              + " another one.",
      operationId = "enrolTotp")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = EnrolmentView.class)))
  ResponseEntity<Object> enrolTotp(
      Mutation mutation, @RequestBody EnrolmentInput input, HttpServletRequest request) {
    signIns.requirePassword(mutation.caller(), input.password(), "/password", Origin.of(request));
    return mutations.perform(
        mutation.withoutKey(),
        null,
        () -> secondFactors.enrol(mutation.caller()),
        made -> Answer.ok(new EnrolmentView(made.secret(), made.uri()), 0));
  }

  @PostMapping("/me:confirmTotp")
  @Operation(
      summary = "Switch one-time codes on",
      description = "From now on, signing in with the password needs one.",
      operationId = "confirmTotp")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = RecoveryView.class)))
  ResponseEntity<Object> confirmTotp(
      Mutation mutation, @RequestBody CodeInput input, HttpServletRequest request) {
    return counted(
        mutation.caller(),
        Origin.of(request),
        () ->
            mutations.perform(
                mutation.withoutKey(),
                null,
                () -> secondFactors.confirm(mutation.caller(), input.code()),
                codes -> Answer.ok(new RecoveryView(codes), 0)));
  }

  @PostMapping("/me:disableTotp")
  @Operation(
      summary = "Switch one-time codes off",
      description = "With a code, or a recovery code.",
      operationId = "disableTotp")
  @ApiResponse(responseCode = "204", content = @Content)
  ResponseEntity<Object> disableTotp(
      Mutation mutation, @RequestBody CodeInput input, HttpServletRequest request) {
    return counted(
        mutation.caller(),
        Origin.of(request),
        () ->
            mutations.perform(
                mutation.withoutKey(),
                null,
                () -> secondFactors.disable(mutation.caller(), input.code()),
                _ -> Answer.noContent()));
  }

  /** Codes are as guessable as they are short. */
  private ResponseEntity<Object> counted(
      Caller caller, Origin origin, Supplier<ResponseEntity<Object>> change) {
    attempts.count(caller.user(), origin);
    ResponseEntity<Object> answer = change.get();
    attempts.succeeded(caller.user(), origin);
    return answer;
  }
}
