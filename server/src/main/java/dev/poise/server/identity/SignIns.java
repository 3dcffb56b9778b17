package dev.poise.server.identity;

import dev.poise.server.audit.Audit;
import dev.poise.server.identity.CredentialStore.Account;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Signs people in with a password.
 *
 * <p>Whoever is refused learns nothing: an unknown name, a wrong password, a wrong code and a
 * disabled user are one answer, after the same work. Only who has the password is told that a code
 * is missing.
 */
@Component
class SignIns {
  private static final Logger LOG = LoggerFactory.getLogger(SignIns.class);

  private final CredentialStore credentials;
  private final Passwords passwords;
  private final SecondFactors secondFactors;
  private final Sessions sessions;
  private final Attempts attempts;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  SignIns(
      CredentialStore credentials,
      Passwords passwords,
      SecondFactors secondFactors,
      Sessions sessions,
      Attempts attempts,
      Audit audit,
      TransactionTemplate transaction,
      InstantSource clock) {
    this.credentials = credentials;
    this.passwords = passwords;
    this.secondFactors = secondFactors;
    this.sessions = sessions;
    this.attempts = attempts;
    this.audit = audit;
    this.transaction = transaction;
    this.clock = clock;
  }

  Sessions.Begun signIn(String name, String password, @Nullable String code, Origin origin) {
    attempts.count(name, origin);
    Optional<Account> known = credentials.named(name);
    boolean right = passwords.matches(password, known.map(Account::passwordHash).orElse(null));
    Account account = known.filter(it -> right && it.active()).orElse(null);
    if (account == null) {
      LOG.info("Refused a sign-in from {}", origin.address());
      throw refused();
    }
    Sessions.Begun begun =
        transaction.execute(_ -> {
          secondFactors.require(account.user(), code);
          credentials.signedIn(account.user(), clock.instant());
          return sessions.begin(account, Session.Method.PASSWORD, origin);
        });
    attempts.succeeded(name, origin);
    return begun;
  }

  /**
   * Asks for the caller's password again, before something that a stolen session must not do. Call
   * it outside of a transaction: a wrong one is counted.
   *
   * @throws Refusal.Invalid with that pointer if it is not the one
   */
  void requirePassword(Caller caller, String password, String pointer, Origin origin) {
    Account account = credentials.find(new UserId(caller.user())).orElseThrow(SignIns::refused);
    attempts.count(account.name(), origin);
    if (!passwords.matches(password, account.passwordHash())) {
      throw new Refusal.Invalid(
          pointer, ProblemType.VALIDATION_FAILED, "This is not your password.");
    }
    attempts.succeeded(account.name(), origin);
  }

  /** Sets the caller's password and ends its other sessions. */
  UserId changePassword(Caller caller, String password, String pointer) {
    Account account = credentials.find(new UserId(caller.user())).orElseThrow(SignIns::refused);
    credentials.setPassword(account.user(), passwords.hash(account.name(), password, pointer));
    credentials.deleteToken(account.user());
    sessions.endOthersOf(caller);
    audit.append(caller, "user.change-password", account.user().text(), null, null);
    return account.user();
  }

  static Refusal refused() {
    return new Refusal.Unauthenticated("The name, the password or the code is not right.");
  }
}
