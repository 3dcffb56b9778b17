package dev.poise.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestNode;
import dev.poise.spec.AgentApi;
import dev.poise.spec.IpAddress;
import dev.poise.spec.JoinRequest;
import dev.poise.spec.RoleReport.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Settings of clusters and nodes, and what nodes are told of them. */
class ClusterApiTest extends ApiTest {
  private static final String VRRP = "{\"vrrp\":{\"interface\":\"eth0\"}}";

  @Autowired private JdbcClient db;
  private Site site = new Site("", "", "", "", "", "");

  @BeforeEach
  void place() {
    site = site();
  }

  private String cluster() {
    return "/clusters/" + site.cluster();
  }

  private Site secondNode(String rest) {
    Answer made = made(cluster() + "/nodes", "{\"name\":\"node-2\"%s}".formatted(rest));
    return new Site(
        site.dataCenter(),
        site.vpc(),
        site.subnet(),
        site.cluster(),
        made.text("/id"),
        made.text("/key"));
  }

  private Answer address(String node, String address) {
    return patch("/nodes/" + node, "{\"address\":\"%s\"}".formatted(address));
  }

  private Answer told(Site node) {
    return new TestNode(this::agent, node).manifest();
  }

  /** Two nodes with addresses in a cluster with VRRP. */
  private Site pair() {
    address(site.node(), "10.9.0.1");
    Site second = secondNode(",\"address\":\"10.9.0.2\"");
    assertThat(patch(cluster(), VRRP).status()).isEqualTo(200);
    return second;
  }

  @Test
  void withoutVrrpNodesAreToldToMoveNothing() {
    assertThat(told(site).text("/redundancy/type")).isEqualTo("NONE");
    assertThat(get(cluster()).body().has("vrrp")).isFalse();
    assertThat(get("/nodes/" + site.node()).body().has("priority")).isFalse();
  }

  @Test
  void withVrrpEachNodeIsToldOfTheOthers() {
    Site second = pair();
    Answer shown = get(cluster());
    assertThat(shown.text("/vrrp/interface")).isEqualTo("eth0");
    assertThat(shown.text("/vrrp/addressInterface")).isEqualTo("eth0");
    assertThat(shown.body().at("/vrrp/advertisementMillis").asInt()).isEqualTo(200);
    assertThat(shown.body().at("/vrrp/routerId").asInt()).isEqualTo(1);
    Answer first = told(site);
    assertThat(first.text("/redundancy/type")).isEqualTo("VRRP");
    assertThat(first.text("/redundancy/source")).isEqualTo("10.9.0.1");
    assertThat(first.body().at("/redundancy/peers").toString()).isEqualTo("[\"10.9.0.2\"]");
    assertThat(first.body().at("/redundancy/priority").asInt()).isEqualTo(200);
    assertThat(first.text("/redundancy/networkInterface")).isEqualTo("eth0");
    assertThat(first.body().at("/redundancy/handover/number").asInt()).isZero();
    assertThat(told(second).body().at("/redundancy/priority").asInt()).isEqualTo(190);
    assertThat(told(second).body().at("/redundancy/peers").toString()).isEqualTo("[\"10.9.0.1\"]");
  }

  @Test
  void anEndOfVrrpReachesTheNodes() {
    pair();
    long revision = told(site).body().at("/revision").asLong();
    assertThat(patch(cluster(), "{\"vrrp\":null}").body().has("vrrp")).isFalse();
    Answer told = told(site);
    assertThat(told.text("/redundancy/type")).isEqualTo("NONE");
    assertThat(told.body().at("/revision").asLong()).isEqualTo(revision + 1);
  }

  @Test
  void vrrpIsRefusedWhileNodesHaveNoAddressesAndTheyAreNamed() {
    secondNode(",\"address\":\"10.9.0.2\"");
    Answer refused = patch(cluster(), VRRP);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/node-without-address");
    assertThat(refused.text("/detail")).contains("'node-1'").doesNotContain("node-2");
  }

  @Test
  void aClusterWithVrrpTakesNoNodeWithoutAnAddress() {
    pair();
    Answer refused = post(cluster() + "/nodes", "{\"name\":\"node-3\"}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/address");
    assertThat(patch("/nodes/" + site.node(), "{\"address\":null}").status()).isEqualTo(422);
  }

  @Test
  void aNodeThatCarriesARevocationIsNoPeer() {
    Site second = pair();
    db.sql("UPDATE nodes SET revoke_time = now() WHERE id = :id")
        .param("id", second.node())
        .update();
    assertThat(told(site).body().at("/redundancy/peers").size()).isZero();
    assertThat(get(cluster()).body().at("/nodes").size()).isEqualTo(2);
    assertThat(get(cluster()).text("/nodes/1/revokeTime")).isNotEmpty();
    assertThat(
            post(cluster() + "/nodes", "{\"name\":\"node-3\",\"address\":\"10.9.0.2\"}").status())
        .as("its address is free for another")
        .isEqualTo(201);
  }

  @Test
  void everyChangeThatNodesAreToldOfRaisesTheRevisionAndNoOther() {
    pair();
    long revision = told(site).body().at("/revision").asLong();
    patch(cluster(), "{\"name\":\"renamed-%d\",\"remark\":\"r\"}".formatted(unique()));
    patch("/nodes/" + site.node(), "{\"name\":\"renamed\"}");
    assertThat(told(site).body().at("/revision").asLong()).isEqualTo(revision);
    patch(cluster(), "{\"vrrp\":{\"advertisementMillis\":100}}");
    address(site.node(), "10.9.0.3");
    patch("/nodes/" + site.node(), "{\"priority\":150}");
    Answer told = told(site);
    assertThat(told.body().at("/revision").asLong()).isEqualTo(revision + 3);
    assertThat(told.body().at("/redundancy/advertisementMillis").asInt()).isEqualTo(100);
    assertThat(told.text("/redundancy/source")).isEqualTo("10.9.0.3");
    assertThat(told.body().at("/redundancy/priority").asInt()).isEqualTo(150);
    assertThat(told.text("/redundancy/networkInterface")).as("a patch says only").isEqualTo("eth0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|/vrrp/interface",
        "{\"interface\":\"eth 0\"}|/vrrp/interface",
        "{\"interface\":\"a-name-that-is-too-long\"}|/vrrp/interface",
        "{\"interface\":\"..\"}|/vrrp/interface",
        "{\"interface\":\"-x\"}|/vrrp/interface",
        "{\"interface\":\"eth0\",\"addressInterface\":\"e/1\"}|/vrrp/addressInterface",
        "{\"interface\":\"eth0\",\"routerId\":0}|/vrrp/routerId",
        "{\"interface\":\"eth0\",\"routerId\":256}|/vrrp/routerId",
        "{\"interface\":\"eth0\",\"advertisementMillis\":99}|/vrrp/advertisementMillis",
        "{\"interface\":\"eth0\",\"advertisementMillis\":10001}|/vrrp/advertisementMillis",
        "{\"interface\":\"eth0\",\"virtualRouter\":1}|/vrrp/virtualRouter"
      })
  void refusesSettingsThatCannotBe(String vrrp, String pointer) {
    Answer refused =
        post(
            "/clusters",
            "{\"name\":\"x-%d\",\"dataCenterId\":\"%s\",\"model\":\"m\",\"vrrp\":%s}"
                .formatted(unique(), site.dataCenter(), vrrp));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().at("/errors").size()).isEqualTo(1);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo(pointer);
  }

  @Test
  void routerIdsAreUniqueInADataCentreAndTheLowestFreeIsTaken() {
    String body =
        "{\"name\":\"%s\",\"dataCenterId\":\"%s\",\"model\":\"m\",\"vrrp\":{\"interface\":\"e\"%s}}";
    String name = "router-" + unique();
    Answer two = made("/clusters", body.formatted(name, site.dataCenter(), ",\"routerId\":2"));
    Answer one = made("/clusters", body.formatted(name + "b", site.dataCenter(), ""));
    Answer three = made("/clusters", body.formatted(name + "c", site.dataCenter(), ""));
    assertThat(one.body().at("/vrrp/routerId").asInt()).isEqualTo(1);
    assertThat(three.body().at("/vrrp/routerId").asInt()).isEqualTo(3);
    Answer taken =
        post("/clusters", body.formatted(name + "d", site.dataCenter(), ",\"routerId\":2"));
    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.text("/errors/0/pointer")).isEqualTo("/vrrp/routerId");
    assertThat(taken.text("/detail")).contains(two.text("/id"));
    made("/clusters", body.formatted(name + "e", site().dataCenter(), ",\"routerId\":2"));
  }

  @Test
  void whatNodesKnowEachOtherByIsUniqueAndAllFaultsAreTold() {
    pair();
    Answer clash =
        post(
            cluster() + "/nodes",
            "{\"name\":\"node-1\",\"address\":\"10.9.0.2\",\"priority\":200}");
    assertThat(clash.status()).isEqualTo(422);
    assertThat(clash.body().at("/errors").valueStream().map(it -> it.at("/pointer").asString()))
        .containsExactlyInAnyOrder("/name", "/address", "/priority");
    Answer taken = patch("/nodes/" + site.node(), "{\"priority\":190}");
    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.text("/type")).isEqualTo("/problems/number-in-use");
    assertThat(patch("/nodes/" + site.node(), "{\"priority\":255}").status()).isEqualTo(422);
    made(cluster() + "/nodes", "{\"name\":\"n3\",\"address\":\"10.9.0.3\",\"priority\":180}");
    Answer next = made(cluster() + "/nodes", "{\"name\":\"n4\",\"address\":\"10.9.0.4\"}");
    assertThat(get("/nodes/" + next.text("/id")).body().at("/priority").asInt()).isEqualTo(170);
  }

  @Test
  void aMachineThatJoinsIsAPeerWithAPriorityOfItsOwn() {
    pair();
    String token = made(cluster() + "/join-tokens", "{}").text("/token");
    Answer taken = join(token, "node-3", "10.9.0.2");
    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.text("/detail")).contains("'node-2'").contains("still good");
    Answer joined = join(token, "node-3", "10.9.0.3");
    assertThat(joined.status()).isEqualTo(200);
    assertThat(told(site).body().at("/redundancy/peers").toString()).contains("10.9.0.3");
    assertThat(get("/nodes/" + joined.text("/node")).body().at("/priority").asInt()).isEqualTo(180);
  }

  @Test
  void aNodeThatWasAwayWhenVrrpBeganHasAPriorityWhenItIsBack() {
    Site second = secondNode(",\"address\":\"10.9.0.2\"");
    post("/nodes/" + second.node() + ":revoke", "");
    address(site.node(), "10.9.0.1");
    patch(cluster(), VRRP);
    String token = made("/nodes/" + second.node() + "/join-tokens", "{}").text("/token");
    Answer joined = join(token, "whatever", "10.9.0.7");
    Answer told = agent("GET", AgentApi.MANIFEST, null, Map.of(), joined.text("/key"));
    assertThat(told.body().at("/redundancy/priority").asInt()).isEqualTo(190);
    assertThat(told.text("/redundancy/source")).isEqualTo("10.9.0.7");
  }

  private Answer join(String token, String name, String address) {
    JoinRequest request = new JoinRequest(token, name, new IpAddress(address));
    return send("POST", AgentApi.JOIN, JSON.writeValueAsString(request), Map.of(), null);
  }

  @Test
  void anOutdatedPictureIsRefused() {
    for (String path : List.of(cluster(), "/nodes/" + site.node())) {
      String etag = get(path).etag();
      Map<String, String> match = Map.of("If-Match", etag);
      Answer first = call("PATCH", path, "{\"name\":\"n-%d\"}".formatted(unique()), match);
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.etag()).isNotEqualTo(etag).isEqualTo(get(path).etag());
      assertThat(call("PATCH", path, "{\"name\":\"late\"}", match).status()).isEqualTo(412);
    }
    assertThat(call("DELETE", cluster(), null, Map.of("If-Match", "\"77\"")).status())
        .isEqualTo(412);
  }

  @Test
  void aClusterIsDeletedWhenNothingIsInIt() {
    made("/load-balancers", "{\"name\":\"web\",\"subnetId\":\"%s\"}".formatted(site.subnet()));
    Answer refused = delete(cluster());
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains("'node-1'").contains("1 load balancer.");
    String empty =
        made(
                "/clusters",
                "{\"name\":\"e-%d\",\"dataCenterId\":\"%s\",\"model\":\"m\"}"
                    .formatted(unique(), site.dataCenter()))
            .text("/id");
    assertThat(delete("/clusters/" + empty).status()).isEqualTo(204);
    assertThat(get("/clusters/" + empty).status()).isEqualTo(404);
  }

  @Test
  void theKindOfMachineAndThePlaceStay() {
    Answer refused = patch(cluster(), "{\"model\":\"arm\"}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/type")).isEqualTo("/problems/immutable-field");
  }

  @Test
  void aNodeShowsWhatItSays() {
    pair();
    TestNode node = new TestNode(this::agent, site);
    node.is(Role.PRIMARY, 1);
    Answer shown = get("/nodes/" + site.node());
    assertThat(shown.text("/role")).isEqualTo("PRIMARY");
    assertThat(shown.text("/roleReason")).isEqualTo("because");
    assertThat(shown.text("/roleSinceTime")).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(shown.body().at("/appliedRevision").asLong()).isEqualTo(1);
    assertThat(shown.body().at("/desiredRevision").asLong())
        .isEqualTo(shown.body().at("/acceptedRevision").asLong())
        .isEqualTo(get(cluster()).body().at("/desiredRevision").asLong());
    assertThat(shown.body().at("/features").toString()).isEqualTo("[\"VRRP\"]");
    assertThat(get(cluster()).body().at("/primaries").toString())
        .isEqualTo("[\"" + site.node() + "\"]");
  }
}
