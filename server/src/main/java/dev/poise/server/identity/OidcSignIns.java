package dev.poise.server.identity;

import dev.poise.server.audit.Audit;
import dev.poise.server.identity.CredentialStore.Account;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Signs people in whom an OIDC provider vouches for.
 *
 * <p>Only issuer and subject say who somebody is: names and addresses change hands. So a user is
 * linked to a subject once, and the link decides from then on. The first time it is found by the
 * external id that an administrator gave the user, else by the e-mail address if the provider says
 * that it verified it; a user who waits for another subject, or has one, is never taken over by an
 * address. Who is not found is made as an ordinary user of one tenant, if the operator wants that.
 */
@Component
public class OidcSignIns {
  private static final Logger LOG = LoggerFactory.getLogger(OidcSignIns.class);

  private final CredentialStore credentials;
  private final UserStore users;
  private final TenantStore tenants;
  private final Sessions sessions;
  private final OidcSettings settings;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  OidcSignIns(
      CredentialStore credentials,
      UserStore users,
      TenantStore tenants,
      Sessions sessions,
      OidcSettings settings,
      Audit audit,
      TransactionTemplate transaction,
      InstantSource clock) {
    this.credentials = credentials;
    this.users = users;
    this.tenants = tenants;
    this.sessions = sessions;
    this.settings = settings;
    this.audit = audit;
    this.transaction = transaction;
    this.clock = clock;
  }

  /**
   * What the provider says about somebody.
   *
   * @param verifiedEmail absent if there is none or nobody verified it
   */
  public record Person(
      String issuer,
      String subject,
      @Nullable String verifiedEmail,
      @Nullable String preferredName) {}

  /**
   * Begins a session for the person.
   *
   * @throws Refusal.Unauthenticated if nobody here is that person, or may not sign in
   */
  public Sessions.Begun signIn(Person person, Origin origin) {
    try {
      return transaction.execute(_ -> {
        Account account =
            found(person)
                .or(() -> settings.newUsersTenant().map(it -> made(person, it)))
                .filter(Account::active)
                .orElseThrow(() -> refused(person));
        credentials.signedIn(account.user(), clock.instant());
        return sessions.begin(account, Session.Method.OIDC, origin);
      });
    } catch (DuplicateKeyException e) {
      // The same person came twice at once; the second time, the link is there.
      throw new Refusal.Unavailable("Somebody signs in as you at this moment. Try again.");
    }
  }

  private Optional<Account> found(Person person) {
    return credentials
        .linkedTo(person.issuer(), person.subject())
        .or(() ->
            credentials
                .expecting(person.subject())
                .or(() ->
                    Optional.ofNullable(person.verifiedEmail()).flatMap(credentials::withEmail))
                .map(account -> linked(account, person)));
  }

  private Account linked(Account account, Person person) {
    if (!credentials.link(account.user(), person.issuer(), person.subject())) throw refused(person);
    audit.append(
        Caller.system(account.tenant()), "user.link-oidc", account.user().text(), null, person);
    return account;
  }

  private Account made(Person person, TenantId tenant) {
    if (tenants.lock(tenant).filter(it -> it.state() == Tenant.State.ACTIVE).isEmpty()) {
      LOG.warn("The tenant {} for new users is not there or disabled", tenant);
      throw refused(person);
    }
    Instant now = clock.instant();
    User made =
        new User(
            UserId.generate(now),
            tenant,
            freeName(person),
            Role.TENANT_USER,
            false,
            person.verifiedEmail(),
            null,
            "",
            User.State.INVITED,
            false,
            null,
            now,
            null,
            1);
    // Another user's address does not become a second one's.
    if (users.insert(made).isPresent()) throw refused(person);
    audit.append(Caller.system(tenant), "user.create", made.id().text(), null, made);
    return linked(credentials.find(made.id()).orElseThrow(), person);
  }

  private String freeName(Person person) {
    String wanted =
        Stream.of(person.preferredName(), person.verifiedEmail())
            .map(it -> Objects.requireNonNullElse(it, ""))
            .filter(it -> it.matches(UserName.PATTERN))
            .findFirst()
            .orElse("user");
    if (credentials.named(wanted).isEmpty()) return wanted;
    String random = Secret.generate("").text().replaceAll("[^A-Za-z0-9]", "").substring(0, 6);
    String begin = wanted.length() > 50 ? wanted.substring(0, 50) : wanted;
    return begin + "-" + random.toLowerCase(Locale.ROOT);
  }

  private static Refusal refused(Person person) {
    LOG.info("Nobody here may sign in as {} of {}", person.subject(), person.issuer());
    return new Refusal.Unauthenticated("There is no user here who may sign in with this account.");
  }
}
