package dev.poise.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class UserApiTest extends ApiTest {
  @Autowired private JdbcClient db;
  private Tenant tenant = new Tenant("", new Somebody("", "", "", "", ""));

  @BeforeEach
  void place() {
    tenant = tenant();
  }

  private Answer admin(String method, String path, String body) {
    return callAs(tenant.admin().key(), method, path, body.isEmpty() ? null : body);
  }

  private Answer invite(String role) {
    return admin("POST", "/users", "{\"name\":\"i-%d\",\"role\":\"%s\"}".formatted(unique(), role));
  }

  private Answer setUp(String token, String password) {
    String body = JSON.writeValueAsString(Map.of("token", token, "password", password));
    return send("POST", "/api/v1/set-up", body, Map.of(), null);
  }

  @Test
  void isInvitedAndSetsItsPasswordOnce() {
    Answer invited = invite("TENANT_USER");
    assertThat(invited.status()).isEqualTo(201);
    assertThat(invited.text("/user/state")).isEqualTo("INVITED");
    String token = invited.text("/setUp/token");
    assertThat(setUp(token, "too short").status()).isEqualTo(422);
    assertThat(setUp(token, "long enough for this").text("/name"))
        .as("a password that is refused does not use the token up")
        .isEqualTo(invited.text("/user/name"));
    assertThat(setUp(token, "long enough for this").status()).isEqualTo(401);
    assertThat(signIn(invited.text("/user/name"), "long enough for this").status()).isEqualTo(201);
    assertThat(admin("GET", "/users/" + invited.text("/user/id"), "").text("/state"))
        .isEqualTo("ACTIVE");
  }

  @Test
  void aTokenIsHashedAtRestAndExpires() {
    Answer invited = invite("TENANT_USER");
    String user = invited.text("/user/id");
    assertThat(db.sql("SELECT t::text FROM set_up_tokens t").query(String.class).list().toString())
        .contains(user)
        .doesNotContain(invited.text("/setUp/token"));
    db.sql(
            "UPDATE set_up_tokens SET expire_time = now() - interval '1 second' WHERE user_id ="
                + " :user")
        .param("user", user)
        .update();
    assertThat(setUp(invited.text("/setUp/token"), "long enough for this").status()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "elevenchars,password-too-short",
    "'            ',",
    "ééééééééééééééééééééééééééééééééééééé,password-too-long",
    "NAME,password-is-name"
  })
  void aPasswordKeepsTheRules(String password, String code) {
    String name = "a-long-user-name-" + unique();
    Answer invited =
        admin("POST", "/users", "{\"name\":\"%s\",\"role\":\"TENANT_USER\"}".formatted(name));
    String given = password.equals("NAME") ? name.toUpperCase(java.util.Locale.ROOT) : password;
    Answer answer = setUp(invited.text("/setUp/token"), given);
    if (code == null) {
      assertThat(answer.status()).isEqualTo(200);
    } else {
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.text("/errors/0/pointer")).isEqualTo("/password");
      assertThat(answer.text("/errors/0/code")).isEqualTo(code);
    }
  }

  @Test
  void getsANewTokenFromAnAdministratorWhichVoidsTheOldOneAndEndsSessionsWhenUsed() {
    Somebody user = userIn(tenant, "TENANT_USER");
    Browser browser = signedIn(user.name(), user.password());
    String first = admin("POST", "/users/" + user.id() + ":issueSetUp", "").text("/token");
    String second = admin("POST", "/users/" + user.id() + ":issueSetUp", "").text("/token");
    assertThat(setUp(first, "another password").status()).isEqualTo(401);
    assertThat(signIn(user.name(), user.password()).status()).isEqualTo(201);
    assertThat(setUp(second, "another password").status()).isEqualTo(200);
    assertThat(send("GET", "/api/v1/me", null, browser.headers(), null).status()).isEqualTo(401);
    assertThat(signIn(user.name(), user.password()).status()).isEqualTo(401);
    assertThat(signIn(user.name(), "another password").status()).isEqualTo(201);
    assertThat(callAs(user.key(), "GET", "/me", null).status()).as("keys stay").isEqualTo(200);
  }

  @Test
  void namesAndAddressesAreUniqueOnThePlatform() {
    Tenant other = tenant();
    String name = "same-" + unique();
    String body =
        "{\"name\":\"%s\",\"role\":\"TENANT_USER\",\"email\":\"%s@a.test\",\"externalId\":\"x-%s\"}"
            .formatted(name, name, name);
    assertThat(admin("POST", "/users", body).status()).isEqualTo(201);
    for (String again :
        List.of(
            body,
            body.replace("\"name\":\"same", "\"name\":\"other"),
            "{\"name\":\"%s-2\",\"role\":\"TENANT_USER\",\"externalId\":\"x-%s\"}"
                .formatted(name, name))) {
      Answer answer = callAs(other.admin().key(), "POST", "/users", again);
      assertThat(answer.text("/type")).as(again).isEqualTo("/problems/name-in-use");
    }
  }

  @Test
  void isChangedByAdministratorsAndSeenByAll() {
    Somebody user = userIn(tenant, "TENANT_USER");
    Answer changed =
        admin("PATCH", "/users/" + user.id(), "{\"role\":\"TENANT_ADMIN\",\"remark\":\"now\"}");
    assertThat(changed.text("/role")).isEqualTo("TENANT_ADMIN");
    assertThat(callAs(user.key(), "GET", "/me", null).text("/user/role")).isEqualTo("TENANT_ADMIN");
    assertThat(admin("PATCH", "/users/" + user.id(), "{\"name\":\"x\"}").text("/type"))
        .isEqualTo("/problems/immutable-field");
    Somebody ordinary = userIn(tenant, "TENANT_USER");
    Answer list = callAs(ordinary.key(), "GET", "/users?orderBy=name", null);
    assertThat(list.body().at("/items").findValuesAsString("name"))
        .contains(tenant.admin().name(), user.name(), ordinary.name());
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/users",
    "PATCH,/users/%s",
    "POST,/users/%s:disable",
    "POST,/users/%s:enable",
    "POST,/users/%s:issueSetUp",
    "POST,/users/%s:resetTotp",
    "DELETE,/users/%s"
  })
  void ordinaryUsersManageNobodyNotEvenThemselves(String method, String path) {
    Somebody user = userIn(tenant, "TENANT_USER");
    String body =
        path.equals("/users")
            ? "{\"name\":\"n-%d\",\"role\":\"TENANT_ADMIN\"}".formatted(unique())
            : method.equals("PATCH") ? "{\"role\":\"TENANT_ADMIN\"}" : null;
    for (String whose : List.of(tenant.admin().id(), user.id())) {
      assertThat(callAs(user.key(), method, path.formatted(whose), body).status()).isEqualTo(403);
    }
  }

  @Test
  void disablingStopsKeysSessionsAndSignInsAtOnce() {
    Somebody user = userIn(tenant, "TENANT_USER");
    Browser browser = signedIn(user.name(), user.password());
    String token = admin("POST", "/users/" + user.id() + ":issueSetUp", "").text("/token");
    assertThat(admin("POST", "/users/" + user.id() + ":disable", "").text("/state"))
        .isEqualTo("DISABLED");
    assertThat(callAs(user.key(), "GET", "/me", null).status()).isEqualTo(401);
    assertThat(send("GET", "/api/v1/me", null, browser.headers(), null).status()).isEqualTo(401);
    assertThat(signIn(user.name(), user.password()).status()).isEqualTo(401);
    assertThat(setUp(token, "long enough for this").status()).isEqualTo(401);
    admin("POST", "/users/" + user.id() + ":enable", "");
    assertThat(callAs(user.key(), "GET", "/me", null).status()).isEqualTo(200);
  }

  @Test
  void staysAsARowWhenItIsDeletedSoThatItCanBeNamed() {
    Somebody user = userIn(tenant, "TENANT_USER");
    assertThat(admin("DELETE", "/users/" + user.id(), "").status()).isEqualTo(204);
    assertThat(callAs(user.key(), "GET", "/me", null).status()).isEqualTo(401);
    assertThat(signIn(user.name(), user.password()).status()).isEqualTo(401);
    Answer gone = admin("GET", "/users/" + user.id(), "");
    assertThat(gone.text("/state")).isEqualTo("DELETED");
    assertThat(gone.text("/name")).isEqualTo(user.name());
    assertThat(admin("GET", "/users?q=" + user.name(), "").body().at("/totalSize").asInt())
        .isZero();
    assertThat(admin("POST", "/users/" + user.id() + ":issueSetUp", "").status()).isEqualTo(404);
    String again = "{\"name\":\"%s\",\"role\":\"TENANT_USER\"}".formatted(user.name());
    assertThat(admin("POST", "/users", again).status()).isEqualTo(201);
  }

  @Test
  void theLastAdministratorStays() {
    String self = "/users/" + tenant.admin().id();
    for (Answer refused :
        List.of(
            admin("DELETE", self, ""),
            admin("POST", self + ":disable", ""),
            admin("PATCH", self, "{\"role\":\"TENANT_USER\"}"))) {
      assertThat(refused.text("/type")).isEqualTo("/problems/last-administrator");
    }
    Somebody second = userIn(tenant, "TENANT_ADMIN");
    admin("POST", "/users/" + second.id() + ":disable", "");
    assertThat(admin("DELETE", self, "").text("/type"))
        .as("one who is disabled does not count")
        .isEqualTo("/problems/last-administrator");
    admin("POST", "/users/" + second.id() + ":enable", "");
    assertThat(callAs(second.key(), "DELETE", self, null).status()).isEqualTo(204);
    String platform = "/users/" + get("/me").text("/user/id");
    assertThat(delete(platform).text("/type")).isEqualTo("/problems/last-administrator");
  }

  @Test
  void twoAdministratorsCannotBothGoAtOnce() throws Exception {
    Somebody second = userIn(tenant, "TENANT_ADMIN");
    List<Callable<Integer>> leaving =
        List.of(
            () -> callAs(second.key(), "DELETE", "/users/" + second.id(), null).status(),
            () -> admin("DELETE", "/users/" + tenant.admin().id(), "").status());
    try (var threads = Executors.newFixedThreadPool(2)) {
      int gone = 0;
      for (Future<Integer> left : threads.invokeAll(leaving)) if (left.get() == 204) gone++;
      assertThat(gone).isEqualTo(1);
    }
  }

  @Test
  void onlyPlatformAdministratorsMakeOrManageTheirOwnKind() {
    String body = "{\"name\":\"p-%d\",\"role\":\"PLATFORM_ADMIN\"}".formatted(unique());
    assertThat(admin("POST", "/users", body).status()).isEqualTo(403);
    Answer elsewhere = call("POST", "/users", body, Map.of("Poise-Tenant", tenant.id()));
    assertThat(elsewhere.text("/errors/0/pointer")).isEqualTo("/role");
    assertThat(
            admin("PATCH", "/users/" + tenant.admin().id(), "{\"role\":\"PLATFORM_ADMIN\"}")
                .status())
        .isEqualTo(403);
    Answer me = get("/me");
    Somebody deputy =
        userIn(
            new Tenant(me.text("/tenant/id"), new Somebody("", "", "", "", adminKey())),
            "TENANT_ADMIN");
    String platformAdmin = "/users/" + me.text("/user/id");
    assertThat(callAs(deputy.key(), "POST", platformAdmin + ":issueSetUp", null).status())
        .as("else an ordinary administrator would become one of the platform")
        .isEqualTo(403);
    assertThat(callAs(deputy.key(), "POST", platformAdmin + ":disable", null).status())
        .isEqualTo(403);
    String bootstrap = get("/me").text("/actor");
    assertThat(callAs(deputy.key(), "DELETE", "/api-keys/" + bootstrap, null).status())
        .isEqualTo(403);
    assertThat(delete("/users/" + deputy.id()).status()).isEqualTo(204);
  }
}
