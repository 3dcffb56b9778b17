package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestNode;
import dev.poise.server.TestPeople;
import dev.poise.server.platform.Caller.Role;
import dev.poise.spec.AgentApi;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** VPCs that are networks of their own, and load balancers in them. */
class SegmentApiTest extends ApiTest {
  @Autowired private JdbcClient db;

  private Site site = new Site("", "", "", "", "", "");
  private TestNode node = new TestNode(this::agent, site);

  @BeforeEach
  void place() {
    site = site();
    node = new TestNode(this::agent, site);
  }

  private String vpcBody(String segment) {
    return "{\"name\":\"v-%d\",\"dataCenterId\":\"%s\",\"segment\":%s}"
        .formatted(unique(), site.dataCenter(), segment);
  }

  private Answer vpc(String segment) {
    return made("/vpcs", vpcBody(segment));
  }

  private static String netns(String name) {
    return "{\"type\":\"NETNS\",\"name\":\"%s\",\"networkInterface\":\"eth0\"}".formatted(name);
  }

  private static String vxlan(int vni, String... peers) {
    String list = peers.length == 0 ? "" : "\"" + String.join("\",\"", peers) + "\"";
    return "{\"type\":\"VXLAN\",\"vni\":%d,\"peers\":[%s]}".formatted(vni, list);
  }

  private String subnet(Answer vpc) {
    return made(
            "/subnets",
            "{\"name\":\"net\",\"vpcId\":\"%s\",\"cidr\":\"10.0.0.0/24\"}"
                .formatted(vpc.text("/id")))
        .text("/id");
  }

  private static String loadBalancerBody(String subnet, String networkType, String protocol) {
    return """
    {"name":"lb","networkType":"%s","subnetId":"%s","address":"10.0.0.5",
     "listeners":[{"protocol":"%s","port":80,"defaultPool":{"members":[{"address":"10.0.0.10","port":80}]}}]}
    """
        .formatted(networkType, subnet, protocol);
  }

  private Answer loadBalancer(String subnet, String networkType) {
    return made("/load-balancers", loadBalancerBody(subnet, networkType, "TCP"));
  }

  private JsonNode manifest() {
    return agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey()).body();
  }

  private void nodeIsAt(String address) {
    db.sql("UPDATE nodes SET address = ?::inet WHERE id = ?").params(address, site.node()).update();
  }

  @Test
  void onlyPlatformAdministratorsChooseOne() {
    TestPeople people = new TestPeople(db);
    String tenant = people.tenant();
    String admin = people.userIn(tenant, Role.TENANT_ADMIN).key();
    assertThat(callAs(admin, "POST", "/vpcs", vpcBody(netns("red"))).status()).isEqualTo(403);
    assertThat(callAs(admin, "POST", "/vpcs", vpcBody(vxlan(7))).status()).isEqualTo(403);
    assertThat(callAs(admin, "POST", "/vpcs", vpcBody("{\"type\":\"HOST\"}")).status())
        .isEqualTo(201);
    Map<String, String> inTenant = Map.of("Poise-Tenant", tenant);
    Answer made = call("POST", "/vpcs", vpcBody(vxlan(7)), inTenant);
    assertThat(made.status()).isEqualTo(201);
    String path = "/vpcs/" + made.text("/id");
    String peers = "{\"segment\":{\"peers\":[\"192.0.2.1\"]}}";
    assertThat(callAs(admin, "PATCH", path, peers).status()).isEqualTo(403);
    assertThat(callAs(admin, "PATCH", path, "{\"remark\":\"ours\"}").status()).isEqualTo(200);
    assertThat(call("PATCH", path, peers, inTenant).text("/segment/peers/0"))
        .isEqualTo("192.0.2.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"NETNS\",\"networkInterface\":\"eth0\"} | /segment/name",
        "{\"type\":\"NETNS\",\"name\":\"../x\",\"networkInterface\":\"eth0\"} | /segment/name",
        "{\"type\":\"NETNS\",\"name\":\"-x\",\"networkInterface\":\"eth0\"} | /segment/name",
        "{\"type\":\"NETNS\",\"name\":\"poise-edge-1\",\"networkInterface\":\"e\"} | /segment/name",
        "{\"type\":\"NETNS\",\"name\":\"x\",\"networkInterface\":\"a b\"} |"
            + " /segment/networkInterface",
        "{\"type\":\"NETNS\",\"name\":\"x\",\"networkInterface\":\"sixteen-letters-\"} |"
            + " /segment/networkInterface",
        "{\"type\":\"VXLAN\"} | /segment/vni",
        "{\"type\":\"VXLAN\",\"vni\":0} | /segment/vni",
        "{\"type\":\"VXLAN\",\"vni\":16777216} | /segment/vni",
        "{\"type\":\"VXLAN\",\"vni\":1,\"port\":65536} | /segment/port",
        "{\"type\":\"VXLAN\",\"vni\":1,\"peers\":[\"192.0.2.1\",\"x\"]} | /segment/peers/1",
        "{\"type\":\"HOST\",\"vni\":1} | /segment/vni",
        "{\"type\":\"CLOUD\"} | /segment"
      })
  void refusesWithThePlaceOfTheFault(String segment, String pointer) {
    Answer refused = post("/vpcs", vpcBody(segment));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo(pointer);
  }

  @Test
  void twoVpcsAreNeverOneNetwork() {
    vpc(netns("red"));
    vpc(vxlan(7));
    for (String segment : List.of(netns("red"), vxlan(7, "192.0.2.1"))) {
      Answer refused = post("/vpcs", vpcBody(segment));
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.text("/type")).isEqualTo("/problems/in-use");
    }
    vpc(netns("blue"));
    vpc(vxlan(8));
  }

  @Test
  void nothingButThePeersChanges() {
    Answer made = vpc(vxlan(7));
    String path = "/vpcs/" + made.text("/id");
    for (String segment :
        List.of("{\"vni\":8}", "{\"port\":8472}", "null", "{\"type\":\"HOST\",\"vni\":null}")) {
      Answer refused = patch(path, "{\"segment\":" + segment + "}");
      assertThat(refused.status()).as(segment).isEqualTo(422);
      assertThat(refused.text("/errors/0/pointer")).startsWith("/segment");
    }
    assertThat(get(path).text("/segment/port")).isEqualTo("4789");
  }

  @Test
  void theSameAddressesLiveSideBySide() {
    String red = subnet(vpc(netns("red")));
    String blue = subnet(vpc(netns("blue")));
    for (String subnet : List.of(red, blue, site.subnet())) {
      assertThat(loadBalancer(subnet, "INTERNAL").text("/address")).isEqualTo("10.0.0.5");
    }
    Answer taken = post("/load-balancers", loadBalancerBody(red, "INTERNAL", "TCP"));
    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.text("/type")).isEqualTo("/problems/address-in-use");
  }

  @Test
  void nodesAreToldWhereALoadBalancerLivesAndWhereTheWorldComesIn() {
    Answer vpc = vpc(netns("red"));
    vpc(netns("nobody-lives-here"));
    Answer internal = loadBalancer(site.subnet(), "INTERNAL");
    Answer internet = loadBalancer(subnet(vpc), "INTERNET");
    assertThat(node.spec(internal).at("/home/type").asString()).isEqualTo("NODE");
    assertThat(node.spec(internet).at("/home/type").asString()).isEqualTo("VPC");
    assertThat(node.spec(internet).at("/home/vpc").asString()).isEqualTo(vpc.text("/id"));
    assertThat(node.spec(internet).at("/home/atEdge").size()).isZero();
    made(
        "/elastic-ip-pools",
        "{\"name\":\"pool-%d\",\"dataCenterId\":\"%s\",\"ranges\":[\"203.0.113.9\"],\"defaultRoute\":true}"
            .formatted(unique(), site.dataCenter()));
    String elasticIp =
        made("/elastic-ips", "{\"dataCenterId\":\"%s\"}".formatted(site.dataCenter())).text("/id");
    Answer bound =
        post(
            "/load-balancers/" + internet.text("/id") + ":bindEip",
            "{\"elasticIpId\":\"" + elasticIp + "\"}");
    assertThat(bound.status()).isEqualTo(200);
    assertThat(node.spec(internet).at("/home/atEdge").toString()).isEqualTo("[\"203.0.113.9\"]");
    assertThat(node.spec(internet).at("/vips").toString())
        .isEqualTo("[\"10.0.0.5\",\"203.0.113.9\"]");
    JsonNode networks = manifest().at("/networks");
    assertThat(networks.size()).isEqualTo(1);
    assertThat(networks.at("/0/vpc").asString()).isEqualTo(vpc.text("/id"));
    assertThat(networks.at("/0/segment/name").asString()).isEqualTo("red");
    assertThat(networks.at("/0/segment/networkInterface").asString()).isEqualTo("eth0");
  }

  @Test
  void aNodeGetsAnAddressInEverySubnetItServesAndGivesItBack() {
    nodeIsAt("192.0.2.10");
    Answer vpc = vpc(vxlan(7, "192.0.2.20"));
    String subnet = subnet(vpc);
    Answer loadBalancer = loadBalancer(subnet, "INTERNAL");
    JsonNode segment = manifest().at("/networks/0/segment");
    assertThat(segment.at("/local").asString()).isEqualTo("192.0.2.10");
    assertThat(segment.at("/port").asInt()).isEqualTo(4789);
    assertThat(segment.at("/peers").toString()).isEqualTo("[\"192.0.2.20\"]");
    assertThat(segment.at("/addresses").toString())
        .isEqualTo("[{\"address\":\"10.0.0.1\",\"bits\":24}]");

    Answer other = made("/clusters/" + site.cluster() + "/nodes", "{\"name\":\"node-2\"}");
    db.sql("UPDATE nodes SET address = '192.0.2.11' WHERE id = ?")
        .param(other.text("/id"))
        .update();
    JsonNode second =
        agent("GET", AgentApi.MANIFEST, null, Map.of(), other.text("/key"))
            .body()
            .at("/networks/0/segment");
    assertThat(second.at("/addresses/0/address").asString()).isEqualTo("10.0.0.2");
    assertThat(second.at("/peers").toString()).isEqualTo("[\"192.0.2.10\",\"192.0.2.20\"]");

    delete("/load-balancers/" + loadBalancer.text("/id"));
    assertThat(delete("/subnets/" + subnet).status()).isEqualTo(409);
    node.gone(loadBalancer);
    assertThat(manifest().at("/networks").size()).isZero();
    assertThat(delete("/subnets/" + subnet).status()).isEqualTo(204);
  }

  @Test
  void otherPeersReachTheNodesAtOnce() {
    nodeIsAt("192.0.2.10");
    Answer vpc = vpc(vxlan(7));
    loadBalancer(subnet(vpc), "INTERNAL");
    long before = manifest().at("/revision").asLong();
    patch("/vpcs/" + vpc.text("/id"), "{\"remark\":\"nothing to a node\"}");
    assertThat(manifest().at("/revision").asLong()).isEqualTo(before);
    patch("/vpcs/" + vpc.text("/id"), "{\"segment\":{\"peers\":[\"192.0.2.30\"]}}");
    assertThat(manifest().at("/revision").asLong()).isEqualTo(before + 1);
    assertThat(manifest().at("/networks/0/segment/peers").toString()).isEqualTo("[\"192.0.2.30\"]");
  }

  @Test
  void aNodeWithoutAnAddressIsNotToldOfVxlans() {
    loadBalancer(subnet(vpc(vxlan(7))), "INTERNAL");
    assertThat(manifest().at("/networks").size()).isZero();
  }

  @Test
  void datagramsStayWithinOneNetwork() {
    String subnet = subnet(vpc(netns("red")));
    Answer refused = post("/load-balancers", loadBalancerBody(subnet, "INTERNET", "UDP"));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/detail")).contains("forward UDP only within one network");
    made("/load-balancers", loadBalancerBody(subnet, "INTERNAL", "UDP"));
  }

  @Test
  void whatANodeCannotDoIsRefusedWithTheNodesReason() {
    String red = subnet(vpc(netns("red")));
    node.serves(loadBalancer(site.subnet(), "INTERNAL"), 1);
    Answer refused = post("/load-balancers", loadBalancerBody(red, "INTERNAL", "TCP"));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("/errors/0/pointer")).isEqualTo("/subnetId");
    assertThat(refused.text("/errors/0/detail")).contains("'node-1'", "NETNS");
  }
}
