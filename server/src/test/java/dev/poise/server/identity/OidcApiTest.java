package dev.poise.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.poise.server.ApiTest;
import dev.poise.server.platform.Refusal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

class OidcApiTest extends ApiTest {
  private static final TestProvider PROVIDER = new TestProvider();
  private static final String NEWCOMERS = "ten_01h455vb4pex5vsknk084sn0rc";

  private final HttpClient http = HttpClient.newHttpClient();
  @Autowired private JdbcClient db;
  @LocalServerPort private int port;
  private Tenant tenant = new Tenant("", new Somebody("", "", "", "", ""));

  @DynamicPropertySource
  static void provider(DynamicPropertyRegistry registry) {
    registry.add("poise.oidc.issuer", PROVIDER::issuer);
    registry.add("poise.oidc.client-id", () -> TestProvider.CLIENT);
    registry.add("poise.oidc.client-secret", () -> TestProvider.SECRET);
    registry.add("poise.oidc.name", () -> "Our company");
    registry.add("poise.oidc.new-users-tenant", () -> NEWCOMERS);
  }

  @BeforeEach
  void place() {
    tenant = tenant();
    db.sql(
            """
            INSERT INTO tenants (id, name, create_time) VALUES (?, 'newcomers', now()) ON CONFLICT DO NOTHING
            """)
        .param(NEWCOMERS)
        .update();
  }

  private HttpResponse<String> browse(String url, String cookie) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (!cookie.isEmpty()) request.header("Cookie", cookie);
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String location(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
    return answer.headers().firstValue("Location").orElseThrow();
  }

  private static String cookie(HttpResponse<String> answer) {
    String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }

  private String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** What the browser brings back from the provider. */
  private record Way(String cookie, String back) {}

  private Way away() {
    HttpResponse<String> begin = browse(url("/sso/oidc"), "");
    assertThat(location(begin)).startsWith(PROVIDER.issuer() + "/authorize?");
    assertThat(begin.headers().firstValue("Set-Cookie").orElseThrow())
        .contains("HttpOnly", "SameSite=Lax", "Path=/sso");
    return new Way(cookie(begin), location(browse(location(begin), "")));
  }

  private HttpResponse<String> signIn() {
    Way way = away();
    return browse(way.back(), way.cookie());
  }

  private Answer me(HttpResponse<String> signedIn) {
    assertThat(location(signedIn)).isEqualTo("/");
    return send("GET", "/api/v1/me", null, Map.of("Cookie", cookie(signedIn)), null);
  }

  private String subject() {
    return "subject-" + unique();
  }

  @Test
  void theButtonIsTold() {
    Answer options = send("GET", "/api/v1/sign-in-options", null, Map.of(), null);
    assertThat(options.text("/oidc/name")).isEqualTo("Our company");
    assertThat(options.text("/oidc/path")).isEqualTo("/sso/oidc");
  }

  @Test
  void aUserIsFoundByTheExternalIdThatAnAdministratorGave() {
    String subject = subject();
    String name = "ext-" + unique();
    String body =
        "{\"name\":\"%s\",\"role\":\"TENANT_ADMIN\",\"externalId\":\"%s\"}"
            .formatted(name, subject);
    callAs(tenant.admin().key(), "POST", "/users", body);
    PROVIDER.letIn(Map.of("sub", subject));
    HttpResponse<String> signedIn = signIn();
    Answer me = me(signedIn);
    assertThat(me.text("/user/name")).isEqualTo(name);
    assertThat(me.text("/user/role")).isEqualTo("TENANT_ADMIN");
    assertThat(me.text("/user/state")).isEqualTo("ACTIVE");
    Map<String, String> headers =
        Map.of("Cookie", cookie(signedIn), "X-CSRF-Token", me.text("/csrfToken"));
    assertThat(send("POST", "/api/v1/api-keys", "{\"name\":\"k\"}", headers, null).status())
        .isEqualTo(201);
    Answer sessions = send("GET", "/api/v1/sessions", null, headers, null);
    assertThat(sessions.text("/items/0/method")).isEqualTo("OIDC");
  }

  @Test
  void aUserIsFoundByAVerifiedAddressAndFromThenOnByTheSubjectAlone() {
    String email = "p%d@a.test".formatted(unique());
    String path = "/users/" + tenant.admin().id();
    callAs(tenant.admin().key(), "PATCH", path, "{\"email\":\"%s\"}".formatted(email));
    String subject = subject();
    String upper = email.toUpperCase(java.util.Locale.ROOT);
    PROVIDER.letIn(Map.of("sub", subject, "email", upper, "email_verified", true));
    assertThat(me(signIn()).text("/user/id")).isEqualTo(tenant.admin().id());
    PROVIDER.letIn(Map.of("sub", subject, "email", "new@a.test", "email_verified", true));
    assertThat(me(signIn()).text("/user/id")).isEqualTo(tenant.admin().id());

    PROVIDER.letIn(Map.of("sub", subject(), "email", email, "email_verified", true));
    assertThat(signIn().statusCode())
        .as("an address that went to somebody else opens nothing")
        .isEqualTo(401);
    callAs(tenant.admin().key(), "PATCH", path, "{\"externalId\":null}");
    assertThat(me(signIn()).text("/user/id"))
        .as("an administrator ended the link")
        .isEqualTo(tenant.admin().id());
  }

  @Test
  void anAddressThatNobodyVerifiedFindsNobody() {
    String email = "p%d@a.test".formatted(unique());
    String path = "/users/" + tenant.admin().id();
    callAs(tenant.admin().key(), "PATCH", path, "{\"email\":\"%s\"}".formatted(email));
    PROVIDER.letIn(Map.of("sub", subject(), "email", email, "email_verified", false));
    assertThat(me(signIn()).text("/user/id")).isNotEqualTo(tenant.admin().id());
    PROVIDER.letIn(Map.of("sub", subject(), "email", email));
    assertThat(me(signIn()).text("/user/id")).isNotEqualTo(tenant.admin().id());
  }

  @Test
  void whoIsNotKnownIsMadeAnOrdinaryUserOnce() {
    String subject = subject();
    String name = "new-" + unique();
    PROVIDER.letIn(Map.of("sub", subject, "preferred_username", name));
    Answer me = me(signIn());
    assertThat(me.text("/user/name")).isEqualTo(name);
    assertThat(me.text("/user/role")).isEqualTo("TENANT_USER");
    assertThat(me.text("/tenant/id")).isEqualTo(NEWCOMERS);
    assertThat(me(signIn()).text("/user/id")).isEqualTo(me.text("/user/id"));
    PROVIDER.letIn(Map.of("sub", subject(), "preferred_username", name));
    assertThat(me(signIn()).text("/user/name"))
        .as("a name that is taken gets something behind it")
        .startsWith(name + "-");
  }

  @Test
  void whoIsNotKnownIsRefusedIfTheOperatorDoesNotWantNewUsers(
      @Autowired CredentialStore credentials,
      @Autowired UserStore users,
      @Autowired TenantStore tenants,
      @Autowired Sessions sessions,
      @Autowired dev.poise.server.audit.Audit audit,
      @Autowired org.springframework.transaction.support.TransactionTemplate transaction,
      @Autowired java.time.InstantSource clock) {
    OidcSettings settings = new OidcSettings("http://x.test", "c", "s", "n", "", "");
    OidcSignIns strict =
        new OidcSignIns(credentials, users, tenants, sessions, settings, audit, transaction, clock);
    assertThatThrownBy(() ->
            strict.signIn(
                new OidcSignIns.Person("http://x.test", subject(), null, null),
                new Origin("127.0.0.1", "", "")))
        .isInstanceOf(Refusal.Unauthenticated.class);
  }

  @Test
  void whoIsDisabledIsRefusedAndNotMadeAnew() {
    String subject = subject();
    PROVIDER.letIn(Map.of("sub", subject));
    String id = me(signIn()).text("/user/id");
    db.sql("UPDATE users SET disabled = true WHERE id = ?").param(id).update();
    assertThat(signIn().statusCode()).isEqualTo(401);
    String waiting = subject();
    String body =
        "{\"name\":\"w-%d\",\"role\":\"TENANT_USER\",\"externalId\":\"%s\"}"
            .formatted(unique(), waiting);
    Answer made = callAs(tenant.admin().key(), "POST", "/users", body);
    callAs(tenant.admin().key(), "POST", "/users/" + made.text("/user/id") + ":disable", null);
    PROVIDER.letIn(Map.of("sub", waiting));
    assertThat(signIn().statusCode()).isEqualTo(401);
    assertThat(
            db.sql("SELECT count(*) FROM users WHERE external_id = ?")
                .param(waiting)
                .query(Integer.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void aTokenThatIsNotRightIsRefused() {
    Map<String, Object> person = Map.of("sub", subject());
    List<UnaryOperator<JWTClaimsSet.Builder>> lies =
        List.of(
            claims -> claims.claim("nonce", "another one"),
            claims -> claims.claim("nonce", null),
            claims -> claims.issuer("http://evil.test"),
            claims -> claims.audience("somebody else"),
            claims -> claims.claim("exp", Instant.now().minusSeconds(3600).getEpochSecond()));
    for (UnaryOperator<JWTClaimsSet.Builder> lie : lies) {
      PROVIDER.letIn(person);
      PROVIDER.lie(lie);
      refused(signIn());
    }
    PROVIDER.letIn(person);
    PROVIDER.signWithAnotherKey();
    refused(signIn());
    PROVIDER.letIn(person);
    assertThat(signIn().statusCode()).as("the truth").isEqualTo(302);
  }

  private static void refused(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .contains("application/problem+json");
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void oneComesBackOnceWithTheBrowserAndTheStateThatOneLeftWith() {
    PROVIDER.letIn(Map.of("sub", subject()));
    Way way = away();
    refused(browse(way.back(), ""));
    refused(browse(way.back(), away().cookie()));
    refused(browse(way.back().replaceFirst("state=[^&]*", "state=guessed"), way.cookie()));
    assertThat(browse(way.back(), way.cookie()).statusCode()).isEqualTo(302);
    refused(browse(way.back(), way.cookie()));
    Way late = away();
    db.sql("UPDATE oidc_departures SET expire_time = now() - interval '1 second'").update();
    refused(browse(late.back(), late.cookie()));
  }
}
