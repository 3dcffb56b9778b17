package dev.poise.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.Vault;
import dev.poise.server.platform.Vaults;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

class TotpApiTest extends ApiTest {
  private static final String MASTER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  private static final String OTHER_MASTER_KEY = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

  @Autowired private JdbcClient db;
  @Autowired private ApiKeys keys;
  @Autowired private UserStore users;
  @Autowired private Audit audit;
  @Autowired private InstantSource clock;
  @Autowired private SecondFactorStore store;
  @Autowired private TransactionTemplate transaction;
  private Tenant tenant = new Tenant("", new Somebody("", "", "", "", ""));
  private Somebody user = tenant.admin();

  @BeforeEach
  void place() {
    tenant = tenant();
    user = userIn(tenant, "TENANT_USER");
  }

  private Answer me(String verb, String field, String value) {
    return callAs(user.key(), "POST", "/me:" + verb, JSON.writeValueAsString(Map.of(field, value)));
  }

  private Answer signIn(@Nullable String code) {
    Map<String, String> body =
        code == null
            ? Map.of("name", user.name(), "password", user.password())
            : Map.of("name", user.name(), "password", user.password(), "code", code);
    return send("POST", "/api/v1/sessions", JSON.writeValueAsString(body), Map.of(), null);
  }

  /** An authenticator that was told the secret. */
  private static byte[] read(String base32) {
    ByteArrayOutputStream key = new ByteArrayOutputStream();
    int bits = 0;
    int pending = 0;
    for (int i = 0; i < base32.length(); i++) {
      int five = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(base32.charAt(i));
      pending = (pending << 5 | five) & 0xffff;
      bits += 5;
      if (bits >= 8) key.write(pending >>> (bits -= 8));
    }
    return key.toByteArray();
  }

  private static String code(byte[] key, int later) {
    return Totp.code(key, Totp.step(Instant.now()) + later);
  }

  private record Enrolled(String secret, List<String> recoveryCodes) {
    byte[] key() {
      return read(secret);
    }
  }

  /** Confirmed with the code of the half minute before, so that the next one is still unused. */
  private Enrolled enrolled() {
    String secret = me("enrolTotp", "password", user.password()).text("/secret");
    Answer confirmed = me("confirmTotp", "code", code(read(secret), -1));
    assertThat(confirmed.status()).as(confirmed.body().toString()).isEqualTo(200);
    return new Enrolled(
        secret,
        confirmed.body().at("/recoveryCodes").values().stream().map(it -> it.asString()).toList());
  }

  @Test
  void isEnrolledWithThePasswordAndConfirmedWithACode() {
    assertThat(me("enrolTotp", "password", "not mine").text("/errors/0/pointer"))
        .isEqualTo("/password");
    Answer enrolment = me("enrolTotp", "password", user.password());
    assertThat(enrolment.text("/uri"))
        .isEqualTo(
            "otpauth://totp/Poise:%s?secret=%s&issuer=Poise&algorithm=SHA1&digits=6&period=30"
                .formatted(user.name(), enrolment.text("/secret")));
    assertThat(signIn(null).status()).as("it does not count yet").isEqualTo(201);
    assertThat(me("confirmTotp", "code", "000000").status()).isEqualTo(422);
    byte[] key = read(enrolment.text("/secret"));
    Answer confirmed = me("confirmTotp", "code", code(key, 0));
    assertThat(confirmed.body().at("/recoveryCodes").size()).isEqualTo(10);
    assertThat(confirmed.text("/recoveryCodes/0"))
        .matches("[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}");
    assertThat(callAs(user.key(), "GET", "/me", null).body().at("/user/totp").asBoolean()).isTrue();
    assertThat(me("enrolTotp", "password", user.password()).text("/type"))
        .isEqualTo("/problems/second-factor-on");
  }

  @Test
  void signingInNeedsACodeThatIsTakenOnce() {
    byte[] key = enrolled().key();
    assertThat(signIn(null).text("/type")).isEqualTo("/problems/code-required");
    Answer wrong = signIn("000000");
    assertThat(wrong.text("/type")).isEqualTo("/problems/unauthenticated");
    assertThat(
            send(
                    "POST",
                    "/api/v1/sessions",
                    "{\"name\":\"%s\",\"password\":\"wrong\"}".formatted(user.name()),
                    Map.of(),
                    null)
                .text("/detail"))
        .as("without the password nobody learns that there are codes")
        .isEqualTo(wrong.text("/detail"));
    String code = code(key, 0);
    assertThat(signIn(code).status()).isEqualTo(201);
    assertThat(signIn(code).status()).as("again").isEqualTo(401);
    assertThat(signIn(code(key, -1)).status()).as("an older one").isEqualTo(401);
    assertThat(signIn(code(key, 1)).status()).isEqualTo(201);
  }

  @Test
  void aRecoveryCodeWorksOnce() {
    List<String> codes = enrolled().recoveryCodes();
    String typed = codes.get(0).replace("-", " ").toUpperCase(java.util.Locale.ROOT);
    assertThat(signIn(typed).status()).isEqualTo(201);
    assertThat(signIn(codes.get(0)).status()).isEqualTo(401);
    assertThat(signIn(codes.get(1)).status()).isEqualTo(201);
    String rows = db.sql("SELECT c::text FROM recovery_codes c").query(String.class).list() + "";
    assertThat(rows).contains(user.id()).doesNotContain(codes.get(2).replace("-", ""));
  }

  @Test
  void isSwitchedOffWithACode() {
    Enrolled enrolled = enrolled();
    assertThat(me("disableTotp", "code", "000000").status()).isEqualTo(422);
    assertThat(me("disableTotp", "code", code(enrolled.key(), 0)).status()).isEqualTo(204);
    assertThat(signIn(null).status()).isEqualTo(201);
    assertThat(me("disableTotp", "code", enrolled.recoveryCodes().getFirst()).status())
        .isEqualTo(404);
  }

  @Test
  void anAdministratorHelpsWhoLostEverything() {
    enrolled();
    String path = "/users/" + user.id() + ":resetTotp";
    assertThat(callAs(user.key(), "POST", path, null).status()).isEqualTo(403);
    assertThat(callAs(tenant.admin().key(), "POST", path, null).body().at("/totp").asBoolean())
        .isFalse();
    assertThat(signIn(null).status()).isEqualTo(201);
  }

  @Test
  void codesCannotBeGuessedManyTimes() {
    enrolled();
    for (int i = 0; i < 10; i++) assertThat(signIn("00000" + i).status()).isEqualTo(401);
    assertThat(signIn("123456").status()).isEqualTo(429);
    for (int i = 0; i < 10; i++)
      assertThat(me("disableTotp", "code", "00000" + i).status()).isEqualTo(422);
    assertThat(me("disableTotp", "code", "123456").status()).isEqualTo(429);
  }

  @Test
  void theKeyIsEncryptedAtRest() {
    Enrolled enrolled = enrolled();
    String row =
        db.sql("SELECT encode(secret, 'escape') || t::text FROM user_totp t WHERE user_id = ?")
            .param(user.id())
            .query(String.class)
            .single();
    assertThat(row).doesNotContain(enrolled.secret());
  }

  @Test
  void theKeyGoesUnderANewMasterKeyWithTheCertificates() {
    Enrolled enrolled = enrolled();
    Vault both = Vaults.of(OTHER_MASTER_KEY + "\n" + MASTER_KEY);
    // As if it had been enrolled while another master key was in front.
    store.rewrap(
        new UserId(user.id()),
        both.rewrap(user.id(), store.find(new UserId(user.id())).orElseThrow().key()));
    assertThat(signIn(code(enrolled.key(), 0)).status())
        .as("its master key is not here")
        .isEqualTo(503);
    SecondFactors onBoth =
        new SecondFactors(
            store, users, Vaults.of(MASTER_KEY + "\n" + OTHER_MASTER_KEY), audit, clock);
    assertThat(transaction.<Integer>execute(_ -> onBoth.rewrap(admin()))).isEqualTo(1);
    assertThat(signIn(code(enrolled.key(), 0)).status()).isEqualTo(201);
    assertThat(post("/certificates:rewrap", "").body().at("/rewrapped").asInt()).isZero();
  }

  private Caller admin() {
    return keys.authenticate(new Secret(adminKey()), "127.0.0.1", "test").orElseThrow();
  }
}
