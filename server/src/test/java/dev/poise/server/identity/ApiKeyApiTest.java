package dev.poise.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class ApiKeyApiTest extends ApiTest {
  @Autowired private JdbcClient db;
  private Tenant tenant = new Tenant("", new Somebody("", "", "", "", ""));
  private Somebody user = tenant.admin();

  @BeforeEach
  void place() {
    tenant = tenant();
    user = userIn(tenant, "TENANT_USER");
  }

  private Answer key(String key, String fields) {
    return callAs(key, "POST", "/api-keys", "{\"name\":\"k-%d\"%s}".formatted(unique(), fields));
  }

  @Test
  void isShownOnceAndHashedAtRest() {
    Answer made = key(user.key(), "");
    String key = made.text("/key");
    assertThat(key).startsWith("poise_");
    assertThat(callAs(key, "GET", "/me", null).text("/user/id")).isEqualTo(user.id());
    assertThat(callAs(user.key(), "GET", "/api-keys", null).body().toString())
        .contains(made.text("/id"))
        .doesNotContain(key);
    assertThat(db.sql("SELECT k::text FROM api_keys k").query(String.class).list().toString())
        .contains(made.text("/id"))
        .doesNotContain(key);
    assertThat(db.sql("SELECT a::text FROM audit_events a").query(String.class).list().toString())
        .contains(made.text("/id"))
        .doesNotContain(key);
  }

  @Test
  void mayOnlyReadIfThatIsItsScope() {
    String readOnly = key(user.key(), ",\"scope\":\"READ_ONLY\"").text("/key");
    Answer dataCenter = made("/data-centers", "{\"name\":\"dc-%d\"}".formatted(unique()));
    String vpc = "{\"name\":\"v\",\"dataCenterId\":\"%s\"}".formatted(dataCenter.text("/id"));
    assertThat(callAs(readOnly, "GET", "/vpcs", null).status()).isEqualTo(200);
    assertThat(callAs(readOnly, "GET", "/me", null).text("/scope")).isEqualTo("READ_ONLY");
    assertThat(callAs(readOnly, "POST", "/vpcs?dryRun=true", vpc).status()).isEqualTo(200);
    for (String path :
        new String[] {"/vpcs", "/vpcs?dryRun=false", "/vpcs?dryRun=false&dryRun=true"}) {
      Answer refused = callAs(readOnly, "POST", path, vpc);
      assertThat(refused.text("/type")).as(path).isEqualTo("/problems/forbidden");
      assertThat(refused.text("/detail")).contains("only read");
    }
    assertThat(callAs(readOnly, "POST", "/api-keys", "{\"name\":\"x\"}").status()).isEqualTo(403);
    assertThat(callAs(readOnly, "DELETE", "/api-keys/" + keyId(readOnly), null).status())
        .isEqualTo(403);
    assertThat(callAs(user.key(), "GET", "/vpcs", null).body().at("/totalSize").asInt()).isZero();
    String explain = "/listeners/lsn_01h455vb4pex5vsknk084sn02q:explain";
    assertThat(callAs(readOnly, "POST", explain, "{}").status())
        .as("a question is not a change")
        .isNotEqualTo(403);
  }

  private String keyId(String key) {
    return callAs(key, "GET", "/me", null).text("/actor");
  }

  @Test
  void expires() {
    Instant past = Instant.now().minusSeconds(1);
    assertThat(key(user.key(), ",\"expireTime\":\"%s\"".formatted(past)).text("/errors/0/pointer"))
        .isEqualTo("/expireTime");
    Instant later = Instant.now().plusSeconds(600).truncatedTo(ChronoUnit.MILLIS);
    Answer made = key(user.key(), ",\"expireTime\":\"%s\"".formatted(later));
    assertThat(made.text("/expireTime")).isEqualTo(later.toString());
    assertThat(callAs(made.text("/key"), "GET", "/me", null).status()).isEqualTo(200);
    db.sql("UPDATE api_keys SET expire_time = now() - interval '1 second' WHERE id = :id")
        .param("id", made.text("/id"))
        .update();
    assertThat(callAs(made.text("/key"), "GET", "/me", null).status()).isEqualTo(401);
  }

  @Test
  void isRevokedByItsUserOrAnAdministratorAndSeenByNobodyElse() {
    Answer one = key(user.key(), "");
    String path = "/api-keys/" + one.text("/id");
    Somebody colleague = userIn(tenant, "TENANT_USER");
    assertThat(callAs(colleague.key(), "GET", path, null).status()).isEqualTo(404);
    assertThat(callAs(colleague.key(), "DELETE", path, null).status()).isEqualTo(404);
    assertThat(callAs(tenant().admin().key(), "DELETE", path, null).status()).isEqualTo(404);
    assertThat(callAs(user.key(), "DELETE", path, null).status()).isEqualTo(204);
    assertThat(callAs(one.text("/key"), "GET", "/me", null).status()).isEqualTo(401);
    assertThat(callAs(user.key(), "GET", path, null).status()).isEqualTo(404);
    Answer two = key(user.key(), "");
    path = "/api-keys/" + two.text("/id");
    assertThat(callAs(tenant.admin().key(), "GET", path, null).status()).isEqualTo(200);
    assertThat(callAs(tenant.admin().key(), "DELETE", path, null).status()).isEqualTo(204);
    assertThat(callAs(two.text("/key"), "GET", "/me", null).status()).isEqualTo(401);
  }

  @Test
  void notesItsLastUseAtMostOnceAMinute() {
    Answer made = key(user.key(), "");
    String path = "/api-keys/" + made.text("/id");
    assertThat(callAs(user.key(), "GET", path, null).body().has("lastUsedTime")).isFalse();
    callAs(made.text("/key"), "GET", "/me", null);
    String first = callAs(user.key(), "GET", path, null).text("/lastUsedTime");
    assertThat(Instant.parse(first)).isAfter(Instant.now().minusSeconds(60));
    callAs(made.text("/key"), "GET", "/me", null);
    assertThat(callAs(user.key(), "GET", path, null).text("/lastUsedTime")).isEqualTo(first);
    db.sql("UPDATE api_keys SET last_used_time = now() - interval '61 seconds' WHERE id = :id")
        .param("id", made.text("/id"))
        .update();
    callAs(made.text("/key"), "GET", "/me", null);
    assertThat(Instant.parse(callAs(user.key(), "GET", path, null).text("/lastUsedTime")))
        .isAfterOrEqualTo(Instant.parse(first));
  }

  @Test
  void hasANameThatIsItsOwn() {
    String body = "{\"name\":\"robot\"}";
    Answer first = callAs(user.key(), "POST", "/api-keys", body);
    assertThat(callAs(user.key(), "POST", "/api-keys", body).text("/type"))
        .isEqualTo("/problems/name-in-use");
    callAs(user.key(), "DELETE", "/api-keys/" + first.text("/id"), null);
    assertThat(callAs(user.key(), "POST", "/api-keys", body).status()).isEqualTo(201);
  }

  @Test
  void aSecretAnswerIsNotKeptForAnIdempotencyKey() {
    String body = "{\"name\":\"k-%d\"}".formatted(unique());
    Map<String, String> headers = Map.of("Idempotency-Key", "k-" + unique());
    Answer made = send("POST", "/api/v1/api-keys", body, headers, user.key());
    assertThat(made.status()).isEqualTo(201);
    assertThat(db.sql("SELECT i::text FROM idempotency_keys i").query(String.class).list())
        .noneMatch(row -> row.contains(made.text("/key")));
  }
}
