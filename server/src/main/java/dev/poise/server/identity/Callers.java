package dev.poise.server.identity;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.TypeId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds out who makes a request.
 *
 * <p>A key is sent deliberately, so it decides: if there is one, the cookie is not looked at, and a
 * wrong one is refused. A cookie comes by itself, so one that opens nothing any more is as good as
 * none, and a change in a session needs the token that shows that our own page asked for it.
 */
@Component
public class Callers {
  /** The header with which a platform administrator acts in another tenant. */
  public static final String TENANT_HEADER = "Poise-Tenant";

  private static final String SCHEME = "Bearer ";
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  private final ApiKeys keys;
  private final Sessions sessions;
  private final TenantStore tenants;

  Callers(ApiKeys keys, Sessions sessions, TenantStore tenants) {
    this.keys = keys;
    this.sessions = sessions;
    this.tenants = tenants;
  }

  /**
   * Who makes the request, if anybody.
   *
   * @throws Refusal if it comes with a key that nobody holds, without the token that a session's
   *     changes need, or for a tenant that the caller may not act in
   */
  public Optional<Caller> of(HttpServletRequest request) {
    Origin origin = Origin.of(request);
    @Nullable String authorization = request.getHeader("Authorization");
    Optional<Caller> caller =
        authorization == null
            ? inSession(request, origin)
            : Optional.of(withKey(authorization, origin));
    @Nullable String tenant = request.getHeader(TENANT_HEADER);
    return tenant == null ? caller : caller.map(it -> acting(it, tenant.strip()));
  }

  private Caller withKey(String authorization, Origin origin) {
    return Optional.of(authorization)
        .filter(it -> it.startsWith(SCHEME))
        .map(it -> new Secret(it.substring(SCHEME.length()).strip()))
        .flatMap(key -> keys.authenticate(key, origin.address(), origin.requestId()))
        .orElseThrow(() -> new Refusal.Unauthenticated("The API key is not valid."));
  }

  private Optional<Caller> inSession(HttpServletRequest request, Origin origin) {
    Secret token = SessionCookie.of(request).orElse(null);
    if (token == null) return Optional.empty();
    Optional<Caller> caller = sessions.authenticate(token, origin.address(), origin.requestId());
    if (caller.isPresent()
        && !READING.contains(request.getMethod())
        && !Sessions.isCsrfToken(token, request.getHeader(Sessions.CSRF_HEADER))) {
      throw new Refusal.Forbidden(
          "A change in a session needs the header " + Sessions.CSRF_HEADER + ", see GET /me.");
    }
    return caller;
  }

  private Caller acting(Caller caller, String tenant) {
    if (caller.role() != Role.PLATFORM_ADMIN) {
      throw new Refusal.Forbidden(
          "Only a platform administrator can act in another tenant with Poise-Tenant.");
    }
    Refusal none = new Refusal.NotFound("tenant of the id in Poise-Tenant");
    if (!TypeId.isValid(TenantId.PREFIX, tenant)) throw none;
    Tenant found =
        tenants
            .find(new TenantId(tenant))
            .filter(it -> it.state() != Tenant.State.DELETED)
            .orElseThrow(() -> none);
    return new Caller(
        found.id(),
        caller.user(),
        caller.actor(),
        caller.role(),
        caller.scope(),
        caller.sourceAddress(),
        caller.requestId());
  }
}
