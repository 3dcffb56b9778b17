package dev.poise.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestPeople;
import dev.poise.server.TestPeople.Person;
import dev.poise.server.platform.Caller.Role;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class NetworkApiTest extends ApiTest {
  @Autowired private JdbcClient db;

  private Site site = new Site("", "", "", "", "", "");

  @BeforeEach
  void place() {
    site = site();
  }

  private Answer loadBalancer(String subnet) {
    return made("/load-balancers", "{\"name\":\"lb\",\"subnetId\":\"%s\"}".formatted(subnet));
  }

  private String secondVpc() {
    return made(
            "/vpcs",
            "{\"name\":\"v2-%d\",\"dataCenterId\":\"%s\"}".formatted(unique(), site.dataCenter()))
        .text("/id");
  }

  private Answer subnet(String vpc, String cidr) {
    return made(
        "/subnets",
        "{\"name\":\"s-%d\",\"vpcId\":\"%s\",\"cidr\":\"%s\"}".formatted(unique(), vpc, cidr));
  }

  @Test
  void namesAndRemarksChangeAndNothingElseDoes() {
    for (String path :
        new String[] {
          "/data-centers/" + site.dataCenter(), "/vpcs/" + site.vpc(), "/subnets/" + site.subnet()
        }) {
      Answer before = call("GET", path, null, Map.of());
      assertThat(before.etag()).isEqualTo("\"1\"");
      String name = "renamed-" + unique();
      Answer after =
          patch(path, "{\"name\":\"%s\",\"remark\":\"the \\\"new\\\" one\"}".formatted(name));
      assertThat(after.status()).as(path).isEqualTo(200);
      assertThat(after.text("/name")).isEqualTo(name);
      assertThat(after.etag()).isEqualTo("\"2\"");
      assertThat(get(path).text("/remark")).isEqualTo("the \"new\" one");
      Answer late = call("PATCH", path, "{\"remark\":\"\"}", Map.of("If-Match", "\"1\""));
      assertThat(late.status()).isEqualTo(412);
    }
    Answer fixed = patch("/subnets/" + site.subnet(), "{\"cidr\":\"10.5.0.0/24\"}");
    assertThat(fixed.text("/type")).isEqualTo("/problems/immutable-field");
    assertThat(fixed.text("/errors/0/pointer")).isEqualTo("/cidr");
    Answer segment = patch("/vpcs/" + site.vpc(), "{\"dataCenterId\":null}");
    assertThat(segment.status()).isEqualTo(422);
  }

  @Test
  void aNameThatIsTakenIsRefused() {
    String other = subnet(site.vpc(), "10.1.0.0/24").text("/id");
    Answer refused = patch("/subnets/" + other, "{\"name\":\"net\"}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/name-in-use");
    assertThat(patch("/subnets/" + site.subnet(), "{\"name\":\"net\"}").status()).isEqualTo(200);
  }

  @Test
  void nothingIsDeletedThatSomethingIsIn() {
    Answer loadBalancer = loadBalancer(site.subnet());
    Answer subnet = delete("/subnets/" + site.subnet());
    assertThat(subnet.status()).isEqualTo(409);
    assertThat(subnet.text("/type")).isEqualTo("/problems/in-use");
    assertThat(subnet.text("/detail")).contains(loadBalancer.text("/id"));
    assertThat(delete("/vpcs/" + site.vpc()).text("/detail"))
        .contains("subnet 'net' (" + site.subnet() + ")");
    assertThat(delete("/data-centers/" + site.dataCenter()).text("/detail"))
        .contains("1 VPCs", "1 clusters");
  }

  @Test
  void whatIsEmptyIsDeletedFromTheInsideOut() {
    String vpc = secondVpc();
    String subnet =
        made(
                "/subnets",
                "{\"name\":\"a\",\"vpcId\":\"%s\",\"cidr\":\"10.3.0.0/24\",\"gateway\":\"10.3.0.1\"}"
                    .formatted(vpc))
            .text("/id");
    assertThat(call("DELETE", "/subnets/" + subnet, null, Map.of("If-Match", "\"9\"")).status())
        .isEqualTo(412);
    assertThat(delete("/subnets/" + subnet).status()).isEqualTo(204);
    assertThat(get("/subnets/" + subnet).status()).isEqualTo(404);
    assertThat(delete("/vpcs/" + vpc).status()).isEqualTo(204);
    String dataCenter =
        made("/data-centers", "{\"name\":\"empty-%d\"}".formatted(unique())).text("/id");
    assertThat(delete("/data-centers/" + dataCenter).status()).isEqualTo(204);
    assertThat(delete("/data-centers/" + dataCenter).status()).isEqualTo(404);
  }

  @Test
  void aVpcSaysWhatMakesItReal() {
    assertThat(get("/vpcs/" + site.vpc()).text("/segment/type")).isEqualTo("HOST");
    String body =
        "{\"name\":\"v-%d\",\"dataCenterId\":\"%s\",\"segment\":{\"type\":\"%s\"}}"
            .formatted(unique(), site.dataCenter(), "%s");
    assertThat(made("/vpcs", body.formatted("HOST")).text("/segment/type")).isEqualTo("HOST");
    Answer unknown = post("/vpcs", body.formatted("CLOUD"));
    assertThat(unknown.status()).isEqualTo(422);
    assertThat(unknown.text("/errors/0/pointer")).startsWith("/segment");
  }

  @Test
  void aSubnetCountsItsAddressesAndKeepsItsGateway() {
    Answer made =
        made(
            "/subnets",
            "{\"name\":\"g\",\"vpcId\":\"%s\",\"cidr\":\"10.7.0.0/29\",\"gateway\":\"10.7.0.1\"}"
                .formatted(site.vpc()));
    assertThat(made.body().at("/addressCount").asLong()).isEqualTo(6);
    assertThat(made.body().at("/freeAddressCount").asLong()).isEqualTo(5);
    assertThat(loadBalancer(made.text("/id")).text("/address")).isEqualTo("10.7.0.2");
    assertThat(get("/subnets/" + made.text("/id")).body().at("/freeAddressCount").asLong())
        .isEqualTo(4);
    Answer gateway =
        post(
            "/load-balancers",
            "{\"name\":\"lb\",\"address\":\"10.7.0.1\",\"subnetId\":\"%s\"}"
                .formatted(made.text("/id")));
    assertThat(gateway.status()).isEqualTo(409);
    assertThat(gateway.text("/detail")).contains("gateway");
    Answer outside =
        post(
            "/subnets",
            "{\"name\":\"h\",\"vpcId\":\"%s\",\"cidr\":\"10.8.0.0/29\",\"gateway\":\"10.7.0.1\"}"
                .formatted(site.vpc()));
    assertThat(outside.status()).isEqualTo(422);
    assertThat(outside.text("/errors/0/pointer")).isEqualTo("/gateway");
  }

  @Test
  void subnetsOfTwoVpcsMayOverlapButOneClusterServesAnAddressOnce() {
    String other = subnet(secondVpc(), "10.0.0.0/24").text("/id");
    assertThat(loadBalancer(site.subnet()).text("/address")).isEqualTo("10.0.0.1");
    assertThat(loadBalancer(other).text("/address"))
        .as("steps over what the nodes serve")
        .isEqualTo("10.0.0.2");
    Answer refused =
        post(
            "/load-balancers",
            "{\"name\":\"lb\",\"address\":\"10.0.0.1\",\"subnetId\":\"%s\"}".formatted(other));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/address-in-use");
    assertThat(refused.text("/detail")).contains("HOST");
    assertThat(get("/subnets/" + other).body().at("/freeAddressCount").asLong())
        .as("what was refused was given back")
        .isEqualTo(253);
  }

  @Test
  void whatIsAnotherTenantsIsNotFound() {
    TestPeople people = new TestPeople(db);
    Person stranger = people.userIn(people.tenant(), Role.TENANT_ADMIN);
    for (String path : new String[] {"/vpcs/" + site.vpc(), "/subnets/" + site.subnet()}) {
      for (String method : new String[] {"PATCH", "DELETE"}) {
        String body = method.equals("PATCH") ? "{\"name\":\"mine\"}" : null;
        assertThat(send(method, "/api/v1" + path, body, Map.of(), stranger.key()).status())
            .as(method + " " + path)
            .isEqualTo(404);
      }
    }
    Answer dataCenter =
        send("DELETE", "/api/v1/data-centers/" + site.dataCenter(), null, Map.of(), stranger.key());
    assertThat(dataCenter.status()).isEqualTo(403);
  }

  @Test
  void aColleagueLooksButDoesNotChange() {
    TestPeople people = new TestPeople(db);
    String tenant = people.tenant();
    Person maker = people.userIn(tenant, Role.TENANT_USER);
    Person colleague = people.userIn(tenant, Role.TENANT_USER);
    String vpc =
        send(
                "POST",
                "/api/v1/vpcs",
                "{\"name\":\"v\",\"dataCenterId\":\"%s\"}".formatted(site.dataCenter()),
                Map.of(),
                maker.key())
            .text("/id");
    String path = "/api/v1/vpcs/" + vpc;
    assertThat(send("GET", path, null, Map.of(), colleague.key()).status()).isEqualTo(200);
    assertThat(send("DELETE", path, null, Map.of(), colleague.key()).status()).isEqualTo(403);
    assertThat(send("DELETE", path, null, Map.of(), maker.key()).status()).isEqualTo(204);
  }
}
