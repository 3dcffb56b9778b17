package dev.poise.server.app;

import dev.poise.server.identity.OidcSettings;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a sign-in page shows. */
@RestController
@Tag(name = "Sign-in")
final class SignInOptions {
  private final OidcSettings oidc;

  SignInOptions(OidcSettings oidc) {
    this.oidc = oidc;
  }

  @Schema(name = "SignInOptions")
  record View(@Schema(description = "Absent if there is none") @Nullable ProviderView oidc) {}

  @Schema(name = "OidcProvider")
  record ProviderView(
      @Schema(description = "What the button says") String name,
      @Schema(description = "Where the browser goes") String path) {}

  @GetMapping("/api/v1/sign-in-options")
  @Operation(
      summary = "Read how one may sign in",
      description = "A password always works.",
      operationId = "getSignInOptions")
  @SecurityRequirements
  View options() {
    return new View(oidc.isOn() ? new ProviderView(oidc.name(), OidcSecurity.START) : null);
  }
}
