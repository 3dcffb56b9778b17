package dev.poise.server.identity;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Who is signed in.
 *
 * <p>A session is a random token in a cookie, of which the database has the hash: so every server
 * process knows it, and a dump of the database opens nothing. It ends when it is not used for a
 * while, after some hours in any case, and when its user's password changes.
 *
 * <p>A browser sends the cookie with requests that other sites made it send. What changes something
 * must therefore come with a second token in a header, which other sites can neither read nor set.
 * That token is computed from the first one: it is bound to the session, and nothing more is
 * stored.
 */
@Component
public class Sessions {
  /** The header with the second token. */
  public static final String CSRF_HEADER = "X-CSRF-Token";

  private static final String PREFIX = "poise_session";

  private final SessionStore store;
  private final Audit audit;
  private final InstantSource clock;
  private final Duration idle;
  private final Duration longest;

  Sessions(
      SessionStore store,
      Audit audit,
      InstantSource clock,
      @Value("${poise.sign-in.session-idle}") Duration idle,
      @Value("${poise.sign-in.session-longest}") Duration longest) {
    this.store = store;
    this.audit = audit;
    this.clock = clock;
    this.idle = idle;
    this.longest = longest;
  }

  /** A session that just began, with what opens it. */
  public record Begun(UserId user, Session session, Secret token) {}

  Begun begin(CredentialStore.Account account, Session.Method method, Origin origin) {
    Instant now = clock.instant();
    store.forget(now);
    Secret token = Secret.generate(PREFIX);
    Session session =
        new Session(
            SessionId.generate(now),
            method,
            origin.address(),
            origin.userAgent(),
            now,
            now,
            now.plus(longest));
    store.insert(account.tenant(), account.user(), session, token);
    Caller caller =
        new Caller(
            account.tenant(),
            account.user().text(),
            session.id().text(),
            account.role(),
            Scope.FULL,
            origin.address(),
            origin.requestId());
    audit.append(caller, "session.create", session.id().text(), null, session);
    return new Begun(account.user(), session, token);
  }

  /** The caller with that token, if there is one. */
  public Optional<Caller> authenticate(Secret token, String sourceAddress, String requestId) {
    Instant now = clock.instant();
    Optional<Holder> holder = store.holder(token, now, now.minus(idle));
    holder.filter(it -> it.isToBeNoted(now)).ifPresent(it -> store.used(it.id(), now));
    return holder.map(it -> it.caller(sourceAddress, requestId));
  }

  /** The token that must come with every change in the session. */
  public static String csrfToken(Secret token) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(token.text().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] code = mac.doFinal("poise csrf".getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(code);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HmacSHA256", e);
    }
  }

  /** Whether that is the token that must come with changes. */
  public static boolean isCsrfToken(Secret token, @Nullable String given) {
    return given != null
        && MessageDigest.isEqual(
            csrfToken(token).getBytes(StandardCharsets.UTF_8),
            given.getBytes(StandardCharsets.UTF_8));
  }

  Page<Session> list(Caller caller, PageRequest request) {
    Instant now = clock.instant();
    return store.page(new UserId(caller.user()), now, now.minus(idle), request);
  }

  /** Ends a session of the caller. */
  SessionId end(Caller caller, SessionId id) {
    if (!store.delete(new UserId(caller.user()), id.text()))
      throw new Refusal.NotFound("session " + id);
    audit.append(caller, "session.delete", id.text(), null, null);
    return id;
  }

  /** The session that the caller acts in. */
  static SessionId current(Caller caller) {
    if (!caller.actor().startsWith(SessionId.PREFIX + "_"))
      throw new Refusal.NotFound("session: the request came with an API key");
    return new SessionId(caller.actor());
  }

  void endAllOf(UserId user) {
    store.deleteAll(user);
  }

  /** Leaves the one that the caller acts in. */
  void endOthersOf(Caller caller) {
    store.deleteAllBut(new UserId(caller.user()), caller.actor());
  }

  void endAllOf(TenantId tenant) {
    store.deleteAll(tenant);
  }
}
