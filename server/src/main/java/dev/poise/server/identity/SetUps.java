package dev.poise.server.identity;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/**
 * Hands out the right to set a password, and takes it back when it is used. So nobody but the user
 * ever knows the password, and there is no default one.
 */
@Component
class SetUps {
  /** What every token begins with. */
  static final String PREFIX = "poise_setup";

  private static final Duration VALID = Duration.ofDays(7);

  private final CredentialStore credentials;
  private final Passwords passwords;
  private final Sessions sessions;
  private final Audit audit;
  private final InstantSource clock;

  SetUps(
      CredentialStore credentials,
      Passwords passwords,
      Sessions sessions,
      Audit audit,
      InstantSource clock) {
    this.credentials = credentials;
    this.passwords = passwords;
    this.sessions = sessions;
    this.audit = audit;
    this.clock = clock;
  }

  /** A new token for the user, instead of all it had before. */
  SetUp issue(TenantId tenant, UserId user) {
    Secret token = Secret.generate(PREFIX);
    Instant expires = clock.instant().plus(VALID);
    credentials.insertToken(tenant, user, token, expires);
    return new SetUp(token.text(), expires);
  }

  /**
   * Sets the password of the token's user, and ends its sessions.
   *
   * @throws Refusal.Unauthenticated if the token is not valid
   * @throws Refusal.Invalid if the password breaks a rule; the token stays valid
   */
  String redeem(Secret token, String password, Origin origin) {
    CredentialStore.Account account =
        credentials
            .takeToken(token, clock.instant())
            .flatMap(credentials::find)
            .filter(CredentialStore.Account::active)
            .orElseThrow(() ->
                new Refusal.Unauthenticated(
                    "The token is not valid, was used, or is too old. An administrator can issue"
                        + " a new one."));
    credentials.setPassword(account.user(), passwords.hash(account.name(), password, "/password"));
    sessions.endAllOf(account.user());
    Caller caller =
        new Caller(
            account.tenant(),
            account.user().text(),
            "set-up",
            account.role(),
            Scope.FULL,
            origin.address(),
            origin.requestId());
    audit.append(caller, "user.set-up", account.user().text(), null, null);
    return account.name();
  }
}
