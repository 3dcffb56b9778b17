package dev.poise.server.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestPeople;
import dev.poise.server.TestPeople.Person;
import dev.poise.server.loadbalancer.TestCertificate;
import dev.poise.server.platform.Caller.Role;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Bodies that refer to what belongs to another place, or to another tenant. */
class ElsewhereTest extends ApiTest {
  private static final TestCertificate SHOP = TestCertificate.server("shop.test");
  private static final String UNKNOWN_POOL = "pool_01h455vb4pex5vsknk084sn02q";
  private static final String UNKNOWN_MEMBER = "mbr_01h455vb4pex5vsknk084sn02q";

  @Autowired private JdbcClient db;

  private Site here = new Site("", "", "", "", "", "");
  private Site there = here;
  private Person mine = new Person("", "", "", "");
  private Person stranger = mine;

  /** A load balancer with a listener, and a pool by itself that has a member. */
  private record Place(String balancer, String listener, String pool, String member) {}

  @BeforeEach
  void people() {
    here = site();
    there = site();
    TestPeople people = new TestPeople(db);
    mine = people.userIn(people.tenant(), Role.TENANT_ADMIN);
    stranger = people.userIn(people.tenant(), Role.TENANT_ADMIN);
  }

  private Answer call(Person person, String method, String path, @Nullable String body) {
    return send(method, "/api/v1" + path, body, Map.of(), person.key());
  }

  private Answer make(Person person, String path, String body) {
    Answer made = call(person, "POST", path, body);
    assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
    return made;
  }

  private String subnet(Person person, Site site) {
    String vpc =
        make(
                person,
                "/vpcs",
                "{\"name\":\"v-%d\",\"dataCenterId\":\"%s\"}"
                    .formatted(unique(), site.dataCenter()))
            .text("/id");
    return make(
            person,
            "/subnets",
            "{\"name\":\"s\",\"vpcId\":\"%s\",\"cidr\":\"10.2.0.0/24\"}".formatted(vpc))
        .text("/id");
  }

  private Place place(Person person, Site site) {
    Answer made =
        make(
            person,
            "/load-balancers",
            """
            {"name":"web","subnetId":"%s","listeners":[{"protocol":"HTTP","port":80}],
             "pools":[{"name":"spare","members":[{"address":"10.1.0.1","port":80}]}]}
            """
                .formatted(subnet(person, site)));
    String id = made.text("/id");
    String pool =
        call(person, "GET", "/load-balancers/" + id + "/pools?q=spare", null).text("/items/0/id");
    String member = call(person, "GET", "/pools/" + pool + "/members", null).text("/items/0/id");
    return new Place(id, made.text("/listeners/0/id"), pool, member);
  }

  private String certificate(Person person, Site site) {
    return make(
            person,
            "/certificates",
            JSON.writeValueAsString(
                Map.of(
                    "name",
                    "c-" + unique(),
                    "dataCenterId",
                    site.dataCenter(),
                    "kind",
                    "SERVER",
                    "sharing",
                    "TENANT",
                    "certificate",
                    SHOP.certificate(),
                    "privateKey",
                    SHOP.key())))
        .text("/id");
  }

  private static void refused(Answer answer, String pointer, String reason) {
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(422);
    assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
    assertThat(answer.text("/errors/0/detail")).contains(reason);
  }

  private Answer listener(Place place, String more) {
    return call(
        mine,
        "POST",
        "/load-balancers/" + place.balancer() + "/listeners",
        "{\"protocol\":\"HTTP\",\"port\":8080,%s}".formatted(more));
  }

  private Answer rule(Place place, String action) {
    return call(
        mine,
        "POST",
        "/listeners/" + place.listener() + "/rules",
        "{\"domain\":\"a.test\",\"action\":%s}".formatted(action));
  }

  private Answer https(Place place, String certificate) {
    return call(
        mine,
        "POST",
        "/load-balancers/" + place.balancer() + "/listeners",
        "{\"protocol\":\"HTTPS\",\"port\":443,\"tls\":{\"certificateId\":\"%s\"}}"
            .formatted(certificate));
  }

  @Test
  void aSubnetOfAnotherDataCentreIsRefused() {
    Answer refused =
        call(
            mine,
            "POST",
            "/load-balancers",
            "{\"name\":\"x\",\"dataCenterId\":\"%s\",\"subnetId\":\"%s\"}"
                .formatted(here.dataCenter(), subnet(mine, there)));
    refused(refused, "/dataCenterId", "The subnet is in another data centre");
  }

  @Test
  void aCertificateOfAnotherDataCentreIsRefused() {
    Place place = place(mine, here);
    refused(
        https(place, certificate(mine, there)),
        "/tls/certificateId",
        "The certificate is in another data centre, " + there.dataCenter());
    assertThat(https(place, certificate(mine, here)).status()).isEqualTo(201);
  }

  @Test
  void anAddressOutsideOfTheSubnetIsRefused() {
    Answer refused =
        call(
            mine,
            "POST",
            "/load-balancers",
            "{\"name\":\"x\",\"subnetId\":\"%s\",\"address\":\"10.77.0.5\"}"
                .formatted(subnet(mine, here)));
    refused(refused, "/address", "10.77.0.5 is not an address for use in 10.2.0.0/24");
  }

  @Test
  void poolsAndMembersOfAnotherLoadBalancerAreRefused() {
    Place one = place(mine, here);
    Place other = place(mine, here);
    refused(
        listener(one, "\"defaultPoolId\":\"%s\"".formatted(other.pool())),
        "/defaultPoolId",
        "The load balancer has no pool " + other.pool());
    refused(
        rule(one, "{\"poolId\":\"%s\"}".formatted(other.pool())),
        "/action/poolId",
        "The load balancer has no pool " + other.pool());
    refused(
        rule(one, "{\"memberIds\":[\"%s\"]}".formatted(other.member())),
        "/action/memberIds",
        "which is not in the listener's default pool");
  }

  @Test
  void whatBelongsToAnotherTenantIsAsUnknownAsWhatThereIsNot() {
    Place one = place(mine, here);
    Place foreign = place(stranger, here);
    assertThat(https(one, certificate(stranger, here)).status()).isEqualTo(404);
    assertSame(
        listener(one, "\"defaultPoolId\":\"%s\"".formatted(foreign.pool())),
        foreign.pool(),
        listener(one, "\"defaultPoolId\":\"%s\"".formatted(UNKNOWN_POOL)),
        UNKNOWN_POOL);
    assertSame(
        rule(one, "{\"memberIds\":[\"%s\"]}".formatted(foreign.member())),
        foreign.member(),
        rule(one, "{\"memberIds\":[\"%s\"]}".formatted(UNKNOWN_MEMBER)),
        UNKNOWN_MEMBER);
    assertSame(
        rule(one, "{\"poolId\":\"%s\"}".formatted(foreign.pool())),
        foreign.pool(),
        rule(one, "{\"poolId\":\"%s\"}".formatted(UNKNOWN_POOL)),
        UNKNOWN_POOL);
  }

  private static void assertSame(Answer one, String id, Answer other, String otherId) {
    assertThat(one.status()).isEqualTo(422);
    assertThat(other.status()).isEqualTo(422);
    assertThat(one.body().at("/errors").toString().replace(id, "it"))
        .isEqualTo(other.body().at("/errors").toString().replace(otherId, "it"));
  }
}
