package dev.poise.server.identity;

import dev.poise.server.platform.Caller.Scope;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Who is calling, and as what. */
@Schema(name = "Me")
record Me(
    User user,
    @Schema(description = "The tenant that is acted in") Tenant tenant,
    @Schema(description = "The id of the API key or session") String actor,
    Scope scope,
    @Schema(description = "In a session: what changes must come with, in the header X-CSRF-Token")
        @Nullable String csrfToken) {

  /** Without the token. */
  @Override
  public String toString() {
    return "Me[" + actor + "]";
  }
}
