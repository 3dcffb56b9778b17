package dev.poise.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(OutputCaptureExtension.class)
class SignInApiTest extends ApiTest {
  @Autowired private JdbcClient db;
  @LocalServerPort private int port;
  private Somebody user = new Somebody("", "", "", "", "");

  @BeforeEach
  void place() {
    user = tenant().admin();
  }

  private Answer in(Browser browser, String method, String path, String body) {
    return send(method, "/api/v1" + path, body.isEmpty() ? null : body, browser.headers(), null);
  }

  @Test
  void givesACookieThatScriptsAndOtherSitesDoNotGet() {
    Answer answer = signIn(user.name(), user.password());
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow())
        .startsWith("poise_session=")
        .contains("HttpOnly", "SameSite=Lax", "Path=/")
        .doesNotContain("Secure", "Domain", "Max-Age", "Expires");
    assertThat(answer.text("/user/id")).isEqualTo(user.id());
    String cookie = signedIn(user.name(), user.password()).cookie().split("=", 2)[1];
    assertThat(db.sql("SELECT s::text FROM sessions s").query(String.class).list().toString())
        .contains(user.id())
        .doesNotContain(cookie);
  }

  @Test
  void aSessionReadsWithTheCookieAloneAndChangesWithTheToken() {
    Browser browser = signedIn(user.name(), user.password());
    Map<String, String> cookie = Map.of("Cookie", browser.cookie());
    Answer me = send("GET", "/api/v1/me", null, cookie, null);
    assertThat(me.text("/csrfToken")).isEqualTo(browser.csrfToken());
    assertThat(me.text("/actor")).startsWith("ses_");
    String body = "{\"name\":\"k\"}";
    assertThat(in(browser, "POST", "/api-keys", body).status()).isEqualTo(201);

    Browser other = signedIn(user.name(), user.password());
    for (Map<String, String> headers :
        List.of(
            cookie,
            Map.of("Cookie", browser.cookie(), "X-CSRF-Token", ""),
            Map.of("Cookie", browser.cookie(), "X-CSRF-Token", "wrong"),
            Map.of("Cookie", browser.cookie(), "X-CSRF-Token", other.csrfToken()))) {
      for (String method : List.of("POST", "PATCH", "PUT", "DELETE")) {
        Answer refused = send(method, "/api/v1/api-keys", body, headers, null);
        assertThat(refused.status()).as(method + headers.size()).isEqualTo(403);
        assertThat(refused.text("/type")).isEqualTo("/problems/forbidden");
      }
    }
  }

  @Test
  void aKeyDecidesWhenACookieComesAlong() {
    Browser browser = signedIn(user.name(), user.password());
    Somebody other = tenant().admin();
    Map<String, String> cookie = Map.of("Cookie", browser.cookie());
    Answer me = send("GET", "/api/v1/me", null, cookie, other.key());
    assertThat(me.text("/user/id")).isEqualTo(other.id());
    assertThat(me.body().has("csrfToken")).isFalse();
    assertThat(send("GET", "/api/v1/me", null, cookie, "poise_wrong").status()).isEqualTo(401);
    assertThat(send("POST", "/api/v1/api-keys", "{\"name\":\"z\"}", cookie, other.key()).status())
        .as("a key needs no token")
        .isEqualTo(201);
  }

  @Test
  void anOldCookieDoesNotStandInTheWayOfSigningInAnew() {
    Browser browser = signedIn(user.name(), user.password());
    Map<String, String> cookie = Map.of("Cookie", browser.cookie());
    String body = JSON.writeValueAsString(Map.of("name", user.name(), "password", user.password()));
    assertThat(send("POST", "/api/v1/sessions", body, cookie, null).status()).isEqualTo(201);
    Map<String, String> nonsense = Map.of("Cookie", "poise_session=nonsense");
    assertThat(send("POST", "/api/v1/sessions", body, nonsense, null).status()).isEqualTo(201);
    assertThat(send("GET", "/api/v1/me", null, nonsense, null).status()).isEqualTo(401);
    assertThat(send("GET", "/problems", null, nonsense, null).status()).isEqualTo(200);
  }

  @Test
  void allRefusalsAreOneAndTheSame() {
    Tenant tenant = tenant();
    Somebody disabled = userIn(tenant, "TENANT_USER");
    callAs(tenant.admin().key(), "POST", "/users/" + disabled.id() + ":disable", null);
    String invited = "invited-" + unique();
    callAs(
        tenant.admin().key(),
        "POST",
        "/users",
        "{\"name\":\"%s\",\"role\":\"TENANT_USER\"}".formatted(invited));
    List<Answer> answers =
        List.of(
            signIn("nobody-" + unique(), "some password"),
            signIn(user.name(), "wrong password"),
            signIn(disabled.name(), disabled.password()),
            signIn(invited, "nobody knows this"));
    assertThat(answers).allMatch(answer -> answer.status() == 401);
    assertThat(answers.stream().map(answer -> answer.text("/detail")).distinct()).hasSize(1);
    assertThat(answers).noneMatch(it -> it.headers().firstValue("Set-Cookie").isPresent());
  }

  @Test
  void anUnknownNameCostsAsMuchAsAWrongPassword() {
    // With a cost that can be told from noise.
    Passwords passwords = new Passwords(10);
    String hash = passwords.hash("x", "a good password", "");
    long known = quickest(() -> passwords.matches("wrong", hash));
    long unknown = quickest(() -> passwords.matches("wrong", null));
    assertThat(unknown).isBetween(known / 2, known * 2);
    assertThat(passwords.matches("a good password", hash)).isTrue();
    assertThat(passwords.matches("nobody knows this", null)).isFalse();
  }

  private static long quickest(Supplier<Boolean> work) {
    return Stream.generate(
            () -> {
              long start = System.nanoTime();
              assertThat(work.get()).isFalse();
              return System.nanoTime() - start;
            })
        .limit(5)
        .min(Long::compare)
        .orElseThrow();
  }

  @Test
  void namesDoNotKnowUpperCase() {
    assertThat(signIn(user.name().toUpperCase(java.util.Locale.ROOT), user.password()).status())
        .isEqualTo(201);
  }

  @Test
  void onesOwnSessionsAreListedAndEnded() {
    Browser one = signedIn(user.name(), user.password());
    Browser two = signedIn(user.name(), user.password());
    Somebody other = tenant().admin();
    Answer list = in(one, "GET", "/sessions?orderBy=createTime%20desc", "");
    assertThat(list.body().at("/totalSize").asInt()).isEqualTo(3);
    assertThat(list.text("/items/0/sourceAddress")).isEqualTo("127.0.0.1");
    assertThat(list.text("/items/0/method")).isEqualTo("PASSWORD");
    assertThat(list.text("/items/0/userAgent")).contains("Java");
    String path = "/sessions/" + list.text("/items/0/id");
    assertThat(callAs(other.key(), "DELETE", path, null).status()).isEqualTo(404);
    assertThat(in(one, "DELETE", path, "").status()).isEqualTo(204);
    assertThat(in(two, "GET", "/me", "").status()).isEqualTo(401);

    assertThat(in(one, "DELETE", "/sessions/current?dryRun=true", "").status()).isEqualTo(204);
    Answer out = in(one, "DELETE", "/sessions/current", "");
    assertThat(out.status()).isEqualTo(204);
    assertThat(out.headers().firstValue("Set-Cookie").orElseThrow())
        .startsWith("poise_session=;")
        .contains("Max-Age=0");
    assertThat(in(one, "GET", "/me", "").status()).isEqualTo(401);
    assertThat(callAs(user.key(), "DELETE", "/sessions/current", null).status()).isEqualTo(404);
  }

  @Test
  void aSessionEndsWhenItIsNotUsedAndInAnyCase() {
    Browser idle = signedIn(user.name(), user.password());
    String id = in(idle, "GET", "/me", "").text("/actor");
    age(id, "last_used_time = now() - interval '29 minutes'");
    assertThat(in(idle, "GET", "/me", "").status()).isEqualTo(200);
    assertThat(
            db.sql("SELECT last_used_time > now() - interval '1 minute' FROM sessions WHERE id = ?")
                .param(id)
                .query(Boolean.class)
                .single())
        .as("that was a use")
        .isTrue();
    age(id, "last_used_time = now() - interval '31 minutes'");
    assertThat(in(idle, "GET", "/me", "").status()).isEqualTo(401);

    Browser old = signedIn(user.name(), user.password());
    age(in(old, "GET", "/me", "").text("/actor"), "expire_time = now() - interval '1 second'");
    assertThat(in(old, "GET", "/me", "").status()).isEqualTo(401);
  }

  private void age(String session, String change) {
    db.sql("UPDATE sessions SET " + change + " WHERE id = ?").param(session).update();
  }

  @Test
  void aNewPasswordEndsTheOtherSessions() {
    Browser one = signedIn(user.name(), user.password());
    Browser two = signedIn(user.name(), user.password());
    String wrong = "{\"currentPassword\":\"not mine\",\"newPassword\":\"quite another one\"}";
    Answer refused = in(one, "POST", "/me:changePassword", wrong);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/currentPassword");
    String body =
        JSON.writeValueAsString(Map.of("currentPassword", user.password(), "newPassword", "short"));
    assertThat(in(one, "POST", "/me:changePassword", body).text("/errors/0/pointer"))
        .isEqualTo("/newPassword");
    body = body.replace("short", "quite another one");
    assertThat(in(one, "POST", "/me:changePassword", body).status()).isEqualTo(204);
    assertThat(in(one, "GET", "/me", "").status()).isEqualTo(200);
    assertThat(in(two, "GET", "/me", "").status()).isEqualTo(401);
    assertThat(signIn(user.name(), user.password()).status()).isEqualTo(401);
    assertThat(signIn(user.name(), "quite another one").status()).isEqualTo(201);
  }

  @Test
  void tooManyAttemptsForANameAreRefusedEvenWithTheRightPassword() {
    for (int i = 0; i < 10; i++) assertThat(signIn(user.name(), "wrong").status()).isEqualTo(401);
    Answer limited = signIn(user.name(), user.password());
    assertThat(limited.status()).isEqualTo(429);
    assertThat(limited.text("/type")).isEqualTo("/problems/rate-limited");
    assertThat(Long.parseLong(limited.headers().firstValue("Retry-After").orElseThrow()))
        .isBetween(1L, 900L);
    assertThat(callAs(user.key(), "GET", "/me", null).status()).as("keys work").isEqualTo(200);
    Somebody other = tenant().admin();
    assertThat(signIn(other.name(), other.password()).status()).isEqualTo(201);
    db.sql("UPDATE sign_in_attempts SET end_time = now() - interval '1 second' WHERE attempts > 10")
        .update();
    assertThat(signIn(user.name(), user.password()).status()).isEqualTo(201);
  }

  @Test
  void aSuccessClearsTheNamesCount() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 6; i++) assertThat(signIn(user.name(), "wrong").status()).isEqualTo(401);
      assertThat(signIn(user.name(), user.password()).status()).isEqualTo(201);
    }
  }

  @Test
  void anUnknownNameIsLimitedLikeAKnownOne() {
    String name = "nobody-" + unique();
    for (int i = 0; i < 10; i++) assertThat(signIn(name, "wrong").status()).isEqualTo(401);
    assertThat(signIn(name, "wrong").status()).isEqualTo(429);
  }

  @Test
  void tooManyAttemptsFromAnAddressAreRefusedSetUpTokensToo() throws Exception {
    try (HttpClient elsewhere =
        HttpClient.newBuilder().localAddress(InetAddress.ofLiteral("127.0.0.77")).build()) {
      for (int i = 0; i < 100; i++) {
        String path = i % 2 == 0 ? "sessions" : "set-up";
        assertThat(from(elsewhere, path, "guess-" + i).statusCode()).isEqualTo(401);
      }
      assertThat(from(elsewhere, "sessions", "guess").statusCode()).isEqualTo(429);
      assertThat(from(elsewhere, "set-up", "guess").headers().firstValue("Retry-After"))
          .isPresent();
    }
    assertThat(signIn(user.name(), user.password()).status())
        .as("other addresses go on")
        .isEqualTo(201);
  }

  private HttpResponse<String> from(HttpClient client, String path, String guess) throws Exception {
    String field = path.equals("sessions") ? "name" : "token";
    String body =
        "{\"%s\":\"%s-%d\",\"password\":\"a long password\"}".formatted(field, guess, unique());
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void formsOfOtherSitesCannotSignAnybodyIn() {
    Map<String, String> form = Map.of("Content-Type", "text/plain");
    String body = JSON.writeValueAsString(Map.of("name", user.name(), "password", user.password()));
    assertThat(send("POST", "/api/v1/sessions", body, form, null).status()).isEqualTo(415);
  }

  @Test
  void otherSitesAreNotToldThatTheyMayAsk() {
    Map<String, String> headers =
        Map.of("Access-Control-Request-Method", "GET", "X-Forwarded-Host", "evil.test");
    Answer answer = send("OPTIONS", "/api/v1/me", null, headers, null);
    assertThat(answer.headers().map().keySet())
        .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("access-control"));
  }

  @Test
  void secretsStandNeitherInLogsNorInTheAuditLog(CapturedOutput output) {
    Somebody somebody = tenant().admin();
    Browser browser = signedIn(somebody.name(), somebody.password());
    signIn(somebody.name(), "a wrong secret");
    send("POST", "/api/v1/sessions", "{\"name\":3,\"password\":\"a bad secret\"}", Map.of(), null);
    String audit = db.sql("SELECT a::text FROM audit_events a").query(String.class).list() + "";
    String token = browser.cookie().split("=", 2)[1];
    for (String secret :
        List.of(
            somebody.password(),
            somebody.key(),
            token,
            browser.csrfToken(),
            "a wrong secret",
            "a bad secret",
            "poise_setup_")) {
      assertThat(output.getAll()).doesNotContain(secret);
      assertThat(audit).doesNotContain(secret);
    }
    assertThat(audit).contains("session.create", "user.set-up", "api-key.create");
  }

  @Test
  void theOptionsAreToldToEverybody() {
    Answer answer = send("GET", "/api/v1/sign-in-options", null, Map.of(), null);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().has("oidc")).isFalse();
    assertThat(send("GET", "/sso/oidc", null, Map.of(), null).status()).isEqualTo(401);
  }
}
