package dev.poise.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantApiTest extends ApiTest {
  private Answer inTenant(String tenant, String method, String path, String body) {
    return call(method, path, body.isEmpty() ? null : body, Map.of("Poise-Tenant", tenant));
  }

  private String siteIn(String tenant) {
    Answer dataCenter = made("/data-centers", "{\"name\":\"dc-%d\"}".formatted(unique()));
    String vpc = "{\"name\":\"v\",\"dataCenterId\":\"%s\"}".formatted(dataCenter.text("/id"));
    return inTenant(tenant, "POST", "/vpcs", vpc).text("/id");
  }

  @Test
  void isMadeWithAnAdministratorWhoSetsThePasswordItself() {
    Tenant tenant = tenant();
    Answer me = callAs(tenant.admin().key(), "GET", "/me", null);
    assertThat(me.text("/tenant/id")).isEqualTo(tenant.id());
    assertThat(me.text("/user/role")).isEqualTo("TENANT_ADMIN");
    assertThat(me.body().at("/user/mainAccount").asBoolean()).isTrue();
    assertThat(me.text("/user/state")).isEqualTo("ACTIVE");
    assertThat(me.text("/scope")).isEqualTo("FULL");
  }

  @Test
  void seesNothingOfAnotherOne() {
    Tenant one = tenant();
    Tenant other = tenant();
    String vpc = siteIn(one.id());
    assertThat(callAs(one.admin().key(), "GET", "/vpcs/" + vpc, null).status()).isEqualTo(200);
    assertThat(callAs(other.admin().key(), "GET", "/vpcs/" + vpc, null).status()).isEqualTo(404);
    assertThat(get("/vpcs/" + vpc).status()).as("the platform's own tenant").isEqualTo(404);
    String user = "/users/" + one.admin().id();
    assertThat(callAs(other.admin().key(), "GET", user, null).status()).isEqualTo(404);
    assertThat(callAs(other.admin().key(), "POST", user + ":disable", "").status()).isEqualTo(404);
  }

  @Test
  void isRenamedAndDescribed() {
    String id = tenant().id();
    Answer before = get("/tenants/" + id);
    String name = "renamed-" + unique();
    Answer after = patch("/tenants/" + id, "{\"name\":\"%s\",\"remark\":\"ours\"}".formatted(name));
    assertThat(after.text("/name")).isEqualTo(name);
    assertThat(after.text("/remark")).isEqualTo("ours");
    assertThat(
            call("PATCH", "/tenants/" + id, "{}", Map.of("If-Match", before.etag())).text("/type"))
        .isEqualTo("/problems/etag-mismatch");
    assertThat(patch("/tenants/" + id, "{\"name\":\"platform\"}").text("/type"))
        .isEqualTo("/problems/name-in-use");
    assertThat(get("/tenants?q=" + name).body().at("/totalSize").asInt()).isEqualTo(1);
  }

  @Test
  void namesEveryFaultOfABodyAtOnce() {
    Answer answer =
        post("/tenants", "{\"mainAccount\":{\"name\":\"a b\",\"email\":\"nobody\"},\"x\":1}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.body().at("/errors").findValuesAsString("pointer"))
        .containsExactlyInAnyOrder("/x", "/name", "/mainAccount/name", "/mainAccount/email");
  }

  @Test
  void aTakenNameOfTheMainAccountLeavesNoTenantBehind() {
    Tenant tenant = tenant();
    String name = "half-" + unique();
    String body =
        "{\"name\":\"%s\",\"mainAccount\":{\"name\":\"%s\"}}"
            .formatted(name, tenant.admin().name().toUpperCase(java.util.Locale.ROOT));
    assertThat(post("/tenants", body).text("/type")).isEqualTo("/problems/name-in-use");
    assertThat(get("/tenants?q=" + name).body().at("/totalSize").asInt()).isZero();
  }

  @Test
  void disablingStopsKeysAndSessionsAtOnceAndEnablingLetsKeysInAgain() {
    Tenant tenant = tenant();
    Somebody user = userIn(tenant, "TENANT_USER");
    Browser browser = signedIn(user.name(), user.password());
    assertThat(post("/tenants/" + tenant.id() + ":disable", "").text("/state"))
        .isEqualTo("DISABLED");
    assertThat(callAs(user.key(), "GET", "/me", null).status()).isEqualTo(401);
    assertThat(send("GET", "/api/v1/me", null, browser.headers(), null).status()).isEqualTo(401);
    assertThat(signIn(user.name(), user.password()).status()).isEqualTo(401);
    assertThat(inTenant(tenant.id(), "GET", "/users", "").status())
        .as("the platform's administrator may still tidy up")
        .isEqualTo(200);
    post("/tenants/" + tenant.id() + ":enable", "");
    assertThat(callAs(user.key(), "GET", "/me", null).status()).isEqualTo(200);
    assertThat(send("GET", "/api/v1/me", null, browser.headers(), null).status()).isEqualTo(401);
    assertThat(signIn(user.name(), user.password()).status()).isEqualTo(201);
  }

  @Test
  void isDeletedOnlyWhenItIsEmptyAndSaysWhatIsLeft() {
    Tenant tenant = tenant();
    siteIn(tenant.id());
    Answer refused = delete("/tenants/" + tenant.id());
    assertThat(refused.text("/type")).isEqualTo("/problems/tenant-not-empty");
    assertThat(refused.text("/detail")).contains("vpcs (1)");

    Tenant empty = tenant();
    assertThat(delete("/tenants/" + empty.id() + "?dryRun=true").status()).isEqualTo(204);
    assertThat(get("/tenants/" + empty.id()).text("/state")).isEqualTo("ACTIVE");
    assertThat(delete("/tenants/" + empty.id()).status()).isEqualTo(204);
    assertThat(get("/tenants/" + empty.id()).text("/state")).isEqualTo("DELETED");
    assertThat(callAs(empty.admin().key(), "GET", "/me", null).status()).isEqualTo(401);
    assertThat(signIn(empty.admin().name(), empty.admin().password()).status()).isEqualTo(401);
    assertThat(inTenant(empty.id(), "GET", "/users", "").status()).isEqualTo(404);
    assertThat(delete("/tenants/" + empty.id()).status()).isEqualTo(404);
    String again =
        "{\"name\":\"again-%d\",\"mainAccount\":{\"name\":\"%s\"}}"
            .formatted(unique(), empty.admin().name());
    assertThat(post("/tenants", again).status()).as("names are free again").isEqualTo(201);
  }

  @Test
  void thePlatformsOwnIsNeitherDisabledNorDeleted() {
    String own = get("/me").text("/tenant/id");
    assertThat(post("/tenants/" + own + ":disable", "").status()).isEqualTo(403);
    assertThat(delete("/tenants/" + own).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/tenants",
    "GET,/tenants/%s",
    "PATCH,/tenants/%s",
    "POST,/tenants/%s:disable",
    "POST,/tenants/%s:enable",
    "DELETE,/tenants/%s"
  })
  void isThePlatformAdministratorsAlone(String method, String path) {
    Tenant tenant = tenant();
    String body = method.equals("PATCH") ? "{}" : null;
    Answer answer = callAs(tenant.admin().key(), method, path.formatted(tenant.id()), body);
    assertThat(answer.status()).isEqualTo(403);
  }

  @Test
  void thePlatformsAdministratorActsInATenantAsItself() {
    Tenant tenant = tenant();
    Answer me = inTenant(tenant.id(), "GET", "/me", "");
    assertThat(me.text("/tenant/id")).isEqualTo(tenant.id());
    assertThat(me.text("/user/name")).isEqualTo("admin");
    String vpc = siteIn(tenant.id());
    assertThat(callAs(tenant.admin().key(), "GET", "/vpcs/" + vpc, null).status()).isEqualTo(200);
    Answer user =
        inTenant(
            tenant.id(),
            "POST",
            "/users",
            "{\"name\":\"u-%d\",\"role\":\"TENANT_USER\"}".formatted(unique()));
    assertThat(user.text("/user/tenantId")).isEqualTo(tenant.id());
    assertThat(inTenant(tenant.id(), "POST", "/api-keys", "{\"name\":\"x\"}").text("/detail"))
        .contains("without Poise-Tenant");
  }

  @Test
  void nobodyElseActsInATenantNotEvenInItsOwn() {
    Tenant tenant = tenant();
    for (String wanted : new String[] {tenant.id(), tenant().id(), "nonsense"}) {
      Answer answer =
          send("GET", "/api/v1/me", null, Map.of("Poise-Tenant", wanted), tenant.admin().key());
      assertThat(answer.status()).isEqualTo(403);
    }
    assertThat(inTenant("nonsense", "GET", "/me", "").status()).isEqualTo(404);
    assertThat(inTenant("ten_01h455vb4pex5vsknk084sn02q", "GET", "/me", "").status())
        .isEqualTo(404);
  }

  @Test
  void oneKeyOfOneAdministratorMayRepeatItsIdempotencyKeyInAnotherTenant() {
    Answer dataCenter = made("/data-centers", "{\"name\":\"dc-%d\"}".formatted(unique()));
    String vpc = "{\"name\":\"v\",\"dataCenterId\":\"%s\"}".formatted(dataCenter.text("/id"));
    String one = tenant().id();
    String other = tenant().id();
    String key = "same-" + unique();
    Answer first = call("POST", "/vpcs", vpc, Map.of("Poise-Tenant", one, "Idempotency-Key", key));
    Answer second =
        call("POST", "/vpcs", vpc, Map.of("Poise-Tenant", other, "Idempotency-Key", key));
    Answer again = call("POST", "/vpcs", vpc, Map.of("Poise-Tenant", one, "Idempotency-Key", key));
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.text("/id")).isNotEqualTo(first.text("/id"));
    assertThat(again.text("/id")).isEqualTo(first.text("/id"));
  }
}
