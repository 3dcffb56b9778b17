package dev.poise.server.identity;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.Secret;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Tells callers who they are. */
@Component
class Selves {
  private final UserStore users;
  private final TenantStore tenants;

  Selves(UserStore users, TenantStore tenants) {
    this.users = users;
    this.tenants = tenants;
  }

  /** Somebody who just signed in. */
  Me of(Sessions.Begun begun) {
    User user = users.itself(begun.user());
    return new Me(
        user,
        tenants.find(user.tenantId()).orElseThrow(),
        begun.session().id().text(),
        Scope.FULL,
        Sessions.csrfToken(begun.token()));
  }

  /**
   * Whoever calls.
   *
   * @param cookie the token that came with the request, which may have come with a key as well
   */
  Me of(Caller caller, Optional<Secret> cookie) {
    boolean session = caller.actor().startsWith(SessionId.PREFIX + "_");
    return new Me(
        users.itself(new UserId(caller.user())),
        tenants.find(caller.tenant()).orElseThrow(),
        caller.actor(),
        caller.scope(),
        cookie.filter(_ -> session).map(Sessions::csrfToken).orElse(null));
  }
}
