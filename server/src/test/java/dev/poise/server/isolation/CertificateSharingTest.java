package dev.poise.server.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestPeople;
import dev.poise.server.TestPeople.Person;
import dev.poise.server.loadbalancer.TestCertificate;
import dev.poise.server.platform.Caller.Role;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whose certificates are: two users and an administrator of one tenant, and another tenant. */
class CertificateSharingTest extends ApiTest {
  private static final TestCertificate SHOP = TestCertificate.server("shop.test");
  private static final TestCertificate OTHER = TestCertificate.server("other.test");

  @Autowired private JdbcClient db;

  private Site site = new Site("", "", "", "", "", "");
  private Person creator = new Person("", "", "", "");
  private Person colleague = creator;
  private Person administrator = creator;
  private Person stranger = creator;
  private String certificate = "";

  @BeforeEach
  void people() {
    site = site();
    TestPeople people = new TestPeople(db);
    String tenant = people.tenant();
    creator = people.userIn(tenant, Role.TENANT_USER);
    colleague = people.userIn(tenant, Role.TENANT_USER);
    administrator = people.userIn(tenant, Role.TENANT_ADMIN);
    stranger = people.userIn(people.tenant(), Role.TENANT_ADMIN);
    Answer made =
        call(
            creator,
            "POST",
            "/certificates",
            JSON.writeValueAsString(
                Map.of(
                    "name", "shop",
                    "dataCenterId", site.dataCenter(),
                    "kind", "SERVER",
                    "certificate", SHOP.certificate(),
                    "privateKey", SHOP.key())));
    assertThat(made.text("/sharing")).isEqualTo("PRIVATE");
    certificate = made.text("/id");
  }

  private Answer call(Person person, String method, String path, @Nullable String body) {
    return send(method, "/api/v1" + path, body, Map.of(), person.key());
  }

  private String path() {
    return "/certificates/" + certificate;
  }

  private String material() {
    return JSON.writeValueAsString(
        Map.of("certificate", OTHER.certificate(), "privateKey", OTHER.key()));
  }

  private String subnet(Person person) {
    String vpc =
        call(
                person,
                "POST",
                "/vpcs",
                "{\"name\":\"v-%d\",\"dataCenterId\":\"%s\"}"
                    .formatted(unique(), site.dataCenter()))
            .text("/id");
    return call(
            person,
            "POST",
            "/subnets",
            "{\"name\":\"s\",\"vpcId\":\"%s\",\"cidr\":\"10.2.0.0/24\"}".formatted(vpc))
        .text("/id");
  }

  /** Makes a load balancer that shows the certificate. */
  private Answer use(Person person) {
    return call(
        person,
        "POST",
        "/load-balancers",
        """
        {"name":"web","subnetId":"%s","listeners":[{"protocol":"HTTPS","port":443,"tls":{"certificateId":"%s"}}]}
        """
            .formatted(subnet(person), certificate));
  }

  private int listed(Person person) {
    return call(person, "GET", "/certificates", null).body().at("/totalSize").asInt();
  }

  private void share() {
    assertThat(call(creator, "PATCH", path(), "{\"sharing\":\"TENANT\"}").status()).isEqualTo(200);
  }

  @Test
  void aPrivateOneExistsForItsCreatorAlone() {
    for (Person other : List.of(colleague, administrator, stranger)) {
      assertThat(listed(other)).isZero();
      assertThat(call(other, "GET", path(), null).status()).isEqualTo(404);
      assertThat(call(other, "PATCH", path(), "{\"sharing\":\"TENANT\"}").status()).isEqualTo(404);
      assertThat(call(other, "PUT", path() + "/material", material()).status()).isEqualTo(404);
      assertThat(call(other, "DELETE", path(), null).status()).isEqualTo(404);
      Answer batch =
          call(other, "POST", "/certificates:batchDelete", "{\"ids\":[\"" + certificate + "\"]}");
      assertThat(batch.body().at("/results/0/status").asInt()).isEqualTo(404);
      assertThat(use(other).status()).isEqualTo(404);
    }
    assertThat(listed(creator)).isOne();
    assertThat(use(creator).status()).isEqualTo(201);
  }

  @Test
  void aSharedOneIsUsedByTheTenantAndChangedByItsCreatorAndAdministrators() {
    share();
    assertThat(listed(colleague)).isOne();
    assertThat(listed(stranger)).isZero();
    assertThat(call(stranger, "GET", path(), null).status()).isEqualTo(404);
    assertThat(use(stranger).status()).isEqualTo(404);
    assertThat(use(colleague).status()).isEqualTo(201);
    assertThat(use(administrator).status()).isEqualTo(201);
    assertThat(call(colleague, "PATCH", path(), "{\"remark\":\"x\"}").status()).isEqualTo(403);
    assertThat(call(colleague, "PUT", path() + "/material", material()).status()).isEqualTo(403);
    assertThat(call(colleague, "DELETE", path(), null).status()).isEqualTo(403);
    Answer batch =
        call(colleague, "POST", "/certificates:batchDelete", "{\"ids\":[\"" + certificate + "\"]}");
    assertThat(batch.body().at("/results/0/status").asInt()).isEqualTo(403);
    assertThat(call(administrator, "PATCH", path(), "{\"remark\":\"x\"}").status()).isEqualTo(200);
    Answer unshared = call(administrator, "PATCH", path(), "{\"sharing\":\"PRIVATE\"}");
    assertThat(unshared.status()).isEqualTo(403);
    assertThat(unshared.text("/detail")).contains("Only its creator");
  }

  @Test
  void whoBoundItKeepsItWhenItIsPrivateAgainAndCannotBindItAnew() {
    share();
    Answer bound = use(colleague);
    String listener = bound.text("/listeners/0/id");
    call(creator, "PATCH", path(), "{\"sharing\":\"PRIVATE\"}");
    assertThat(call(colleague, "PATCH", "/listeners/" + listener, "{\"remark\":\"x\"}").status())
        .isEqualTo(200);
    assertThat(use(colleague).status()).isEqualTo(404);
    assertThat(call(creator, "DELETE", path(), null).text("/type"))
        .isEqualTo("/problems/certificate-in-use");
  }
}
