package dev.poise.server.identity;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.Vault;
import dev.poise.server.platform.Vault.Sealed;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * One-time codes beside the password.
 *
 * <p>The server must be able to compute the codes, so the key is not hashed but encrypted, with the
 * master key that the database does not have. It counts once the user has sent a code made with it;
 * a key that never reached an authenticator would lock the user out. The half minute of the newest
 * code that was taken is kept, and only codes of later ones are taken, so a code that somebody
 * looked at is worth nothing once it was used.
 *
 * <p>Who loses the authenticator has recovery codes. They are random enough for a plain hash, and
 * each is deleted when it is used.
 */
@Component
public class SecondFactors {
  private static final int RECOVERY_CODES = 10;
  private static final int RECOVERY_BYTES = 10;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecondFactorStore store;
  private final UserStore users;
  private final Vault vault;
  private final Audit audit;
  private final InstantSource clock;

  SecondFactors(
      SecondFactorStore store, UserStore users, Vault vault, Audit audit, InstantSource clock) {
    this.store = store;
    this.users = users;
    this.vault = vault;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * What an authenticator is told; shown once.
   *
   * @param secret the key in Base32
   * @param uri the same for a QR code
   */
  record Enrolment(String secret, String uri) {
    /** Without the key. */
    @Override
    public String toString() {
      return "Enrolment[hidden]";
    }
  }

  /** A new key for the caller, which counts once it is confirmed. */
  Enrolment enrol(Caller caller) {
    User user = users.itself(new UserId(caller.user()));
    byte[] key = Totp.newKey();
    Sealed sealed = vault.seal(user.id().text(), Base64.getEncoder().encodeToString(key));
    if (!store.insert(user.tenantId(), user.id(), sealed, clock.instant())) {
      throw new Refusal.Conflict(
          ProblemType.SECOND_FACTOR_ON, "One-time codes are on already. Switch them off first.");
    }
    audit.append(caller, "user.enrol-totp", user.id().text(), null, null);
    String secret = Totp.base32(key);
    return new Enrolment(
        secret,
        "otpauth://totp/Poise:%s?secret=%s&issuer=Poise&algorithm=SHA1&digits=6&period=30"
            .formatted(
                URLEncoder.encode(user.name(), StandardCharsets.UTF_8).replace("+", "%20"),
                secret));
  }

  /** Switches one-time codes on, and gives the recovery codes, which are shown once. */
  List<String> confirm(Caller caller, String code) {
    User user = users.itself(new UserId(caller.user()));
    SecondFactorStore.Stored stored =
        store
            .find(user.id())
            .filter(it -> !it.confirmed())
            .orElseThrow(
                () -> new Refusal.NotFound("key for one-time codes that waits to be confirmed"));
    if (!isCurrent(stored, code.strip())) throw wrong("/code");
    List<String> codes =
        Stream.generate(SecondFactors::recoveryCode).limit(RECOVERY_CODES).toList();
    store.confirm(
        user.tenantId(),
        user.id(),
        codes.stream().map(SecondFactors::recoverySecret).toList(),
        clock.instant());
    audit.append(caller, "user.confirm-totp", user.id().text(), null, null);
    return codes;
  }

  /** Switches one-time codes off. */
  UserId disable(Caller caller, String code) {
    UserId user = new UserId(caller.user());
    SecondFactorStore.Stored stored =
        store
            .find(user)
            .filter(SecondFactorStore.Stored::confirmed)
            .orElseThrow(() -> new Refusal.NotFound("one-time code: they are off"));
    if (!accepts(stored, code)) throw wrong("/code");
    store.delete(user);
    audit.append(caller, "user.disable-totp", user.text(), null, null);
    return user;
  }

  /**
   * Asks for the second factor of a user who has one.
   *
   * @throws Refusal.Unauthenticated if the code is missing, with its own type, or wrong
   */
  void require(UserId user, @Nullable String code) {
    SecondFactorStore.Stored stored =
        store.find(user).filter(SecondFactorStore.Stored::confirmed).orElse(null);
    if (stored == null) return;
    if (code == null || code.isBlank()) {
      throw new Refusal.Unauthenticated(
          ProblemType.CODE_REQUIRED,
          "Send the code of your authenticator, or a recovery code, as code.");
    }
    if (!accepts(stored, code)) throw SignIns.refused();
  }

  void remove(UserId user) {
    store.delete(user);
  }

  /** How many keys, of all tenants, were put under the master key that encrypts now. */
  public int rewrap(Caller caller) {
    caller.requirePlatformAdmin();
    List<SecondFactorStore.Stored> others = store.notUnder(vault.masterKeyId());
    others.forEach(it -> store.rewrap(it.user(), vault.rewrap(it.user().text(), it.key())));
    return others.size();
  }

  private boolean accepts(SecondFactorStore.Stored stored, String code) {
    String given = code.strip();
    return Totp.looksLikeCode(given)
        ? isCurrent(stored, given)
        : store.takeRecoveryCode(stored.user(), recoverySecret(given));
  }

  private boolean isCurrent(SecondFactorStore.Stored stored, String code) {
    Instant now = clock.instant();
    byte[] key = Base64.getDecoder().decode(vault.open(stored.user().text(), stored.key()));
    OptionalLong step = Totp.stepOf(key, code, now);
    return step.isPresent() && store.take(stored.user(), step.getAsLong());
  }

  /** Sixteen letters and digits in groups of four. */
  private static String recoveryCode() {
    byte[] random = new byte[RECOVERY_BYTES];
    RANDOM.nextBytes(random);
    return String.join("-", Totp.base32(random).toLowerCase(Locale.ROOT).split("(?<=\\G.{4})", -1))
        .replaceAll("-$", "");
  }

  private static Secret recoverySecret(String code) {
    return new Secret(code.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", ""));
  }

  private static Refusal wrong(String pointer) {
    return new Refusal.Invalid(
        pointer, ProblemType.VALIDATION_FAILED, "The code is not right, or was used already.");
  }
}
