package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestPeople;
import dev.poise.server.TestPeople.Person;
import dev.poise.server.platform.Caller.Role;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class OwnershipApiTest extends ApiTest {
  @Autowired private JdbcClient db;

  private Site site = new Site("", "", "", "", "", "");
  private Person maker = new Person("", "", "", "");
  private Person colleague = maker;
  private Person administrator = maker;

  /** What there is to change. */
  private record Made(String balancer, String listener, String pool, String member, String rule) {}

  @BeforeEach
  void people() {
    site = site();
    TestPeople people = new TestPeople(db);
    String tenant = people.tenant();
    maker = people.userIn(tenant, Role.TENANT_USER);
    colleague = people.userIn(tenant, Role.TENANT_USER);
    administrator = people.userIn(tenant, Role.TENANT_ADMIN);
  }

  private Answer as(Person person, String method, String path, @Nullable String body) {
    return send(method, "/api/v1" + path, body, Map.of(), person.key());
  }

  private String vpc(Person person) {
    return as(
            person,
            "POST",
            "/vpcs",
            "{\"name\":\"v-%d\",\"dataCenterId\":\"%s\"}".formatted(unique(), site.dataCenter()))
        .text("/id");
  }

  private String subnet(Person person, String vpc) {
    return as(
            person,
            "POST",
            "/subnets",
            "{\"name\":\"s-%d\",\"vpcId\":\"%s\",\"cidr\":\"10.9.0.0/24\"}"
                .formatted(unique(), vpc))
        .text("/id");
  }

  private Made made() {
    Answer balancer =
        as(
            maker,
            "POST",
            "/load-balancers",
            """
            {"name":"web","subnetId":"%s","listeners":[{"protocol":"HTTP","port":80,
             "defaultPool":{"members":[{"address":"10.8.0.1","port":80}]},
             "rules":[{"domain":"a.test","action":{"redirect":{"location":"http://b.test/"}}}]}]}
            """
                .formatted(subnet(maker, vpc(maker))));
    assertThat(balancer.status()).as(balancer.body().toString()).isEqualTo(201);
    String id = balancer.text("/id");
    String listener = balancer.text("/listeners/0/id");
    String pool = balancer.text("/listeners/0/defaultPoolId");
    String member = as(maker, "GET", "/pools/" + pool + "/members", null).text("/items/0/id");
    String rule = as(maker, "GET", "/listeners/" + listener + "/rules", null).text("/items/0/id");
    return new Made(id, listener, pool, member, rule);
  }

  /** A change of somebody else's thing. */
  private record Change(String method, String path, @Nullable String body) {}

  private static List<Change> changes(Made made) {
    String rename = "{\"remark\":\"mine now\"}";
    String member = "{\"address\":\"10.8.0.2\",\"port\":80}";
    return List.of(
        new Change("PATCH", "/load-balancers/" + made.balancer(), rename),
        new Change(
            "POST",
            "/load-balancers/" + made.balancer() + "/listeners",
            "{\"protocol\":\"TCP\",\"port\":81}"),
        new Change("POST", "/load-balancers/" + made.balancer() + "/pools", "{\"name\":\"p\"}"),
        new Change("PATCH", "/listeners/" + made.listener(), rename),
        new Change(
            "POST",
            "/listeners/" + made.listener() + "/rules",
            "{\"domain\":\"c.test\",\"action\":{\"redirect\":{\"location\":\"http://b.test/\"}}}"),
        new Change("DELETE", "/listeners/" + made.listener() + "/rules?domain=a.test", null),
        new Change("PATCH", "/pools/" + made.pool(), rename),
        new Change("POST", "/pools/" + made.pool() + "/members", member),
        new Change("PUT", "/pools/" + made.pool() + "/members", "{\"members\":[" + member + "]}"),
        new Change("PATCH", "/members/" + made.member(), rename),
        new Change("POST", "/members/" + made.member() + ":disable", null),
        new Change("POST", "/members/" + made.member() + ":enable", null),
        new Change("POST", "/members/" + made.member() + ":drain", null),
        new Change("PATCH", "/rules/" + made.rule(), "{\"domain\":\"d.test\"}"),
        new Change("DELETE", "/rules/" + made.rule(), null),
        new Change("DELETE", "/members/" + made.member(), null),
        new Change("DELETE", "/pools/" + made.pool(), null),
        new Change("DELETE", "/listeners/" + made.listener(), null),
        new Change("DELETE", "/load-balancers/" + made.balancer(), null));
  }

  @Test
  void whatAUserMadeAnotherUserOfTheTenantSeesAndDoesNotChange() {
    Made made = made();
    Answer before = as(maker, "GET", "/load-balancers/" + made.balancer() + "/status-tree", null);
    assertThat(as(colleague, "GET", "/load-balancers/" + made.balancer(), null).text("/creatorId"))
        .isEqualTo(maker.user());
    for (Change change : changes(made)) {
      Answer answer = as(colleague, change.method(), change.path(), change.body());
      assertThat(answer.status()).as(change + " " + answer.body()).isEqualTo(403);
      assertThat(answer.text("/type")).isEqualTo("/problems/forbidden");
      assertThat(answer.text("/detail"))
          .contains("Its creator and the tenant's administrators may change it");
    }
    assertThat(as(maker, "GET", "/load-balancers/" + made.balancer() + "/status-tree", null).body())
        .isEqualTo(before.body());
  }

  @Test
  void itsMakerAndAnAdministratorOfTheTenantChangeIt() {
    for (Person person : List.of(maker, administrator)) {
      Made made = made();
      for (String path :
          List.of(
              "/load-balancers/" + made.balancer(),
              "/listeners/" + made.listener(),
              "/pools/" + made.pool(),
              "/members/" + made.member())) {
        assertThat(as(person, "PATCH", path, "{\"remark\":\"seen\"}").status())
            .as(path)
            .isEqualTo(200);
      }
      assertThat(as(person, "DELETE", "/load-balancers/" + made.balancer(), null).status())
          .isEqualTo(202);
    }
  }

  @Test
  void networksSayWhoMadeThemAndAnybodyOfTheTenantBuildsInThem() {
    String vpc = vpc(maker);
    assertThat(as(colleague, "GET", "/vpcs/" + vpc, null).text("/creatorId"))
        .isEqualTo(maker.user());
    String subnet = subnet(colleague, vpc);
    assertThat(as(maker, "GET", "/subnets/" + subnet, null).text("/creatorId"))
        .isEqualTo(colleague.user());
  }
}
