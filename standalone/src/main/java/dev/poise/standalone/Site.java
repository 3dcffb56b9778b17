package dev.poise.standalone;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What must exist before the first load balancer: a data centre, a network and a cluster of nodes.
 *
 * @param dataCenter ids, all of them
 */
public record Site(String dataCenter, String vpc, String subnet, String cluster) {
  /** How the parts are called. */
  public record Names(String dataCenter, String vpc, String subnet, String cluster) {}

  /** What makes a machine a node, once. */
  public record JoinToken(String serverUrl, String pin, String token) {
    /** Without the token. */
    @Override
    public String toString() {
      return "JoinToken[" + serverUrl + "]";
    }
  }

  /** Finds the parts by name and makes those that do not exist. */
  public static Site ensure(ApiClient api, Names names, String cidr) {
    String dataCenter = ensure(api, "/data-centers", Map.of("name", names.dataCenter()));
    String vpc = ensure(api, "/vpcs", Map.of("name", names.vpc(), "dataCenterId", dataCenter));
    String subnet =
        ensure(api, "/subnets", Map.of("name", names.subnet(), "vpcId", vpc, "cidr", cidr));
    String cluster =
        ensure(
            api,
            "/clusters",
            Map.of("name", names.cluster(), "dataCenterId", dataCenter, "model", "x86"));
    return new Site(dataCenter, vpc, subnet, cluster);
  }

  /** Makes a pool of elastic IPs with these addresses, if there is none of that name. */
  public void ensureElasticIps(ApiClient api, String name, String range) {
    Map<String, Object> pool =
        Map.of("name", name, "dataCenterId", dataCenter, "ranges", List.of(range));
    if (api.find("/elastic-ip-pools", name).isEmpty()) api.post("/elastic-ip-pools", pool);
  }

  private static String ensure(ApiClient api, String collection, Map<String, String> body) {
    Optional<JsonNode> existing = api.find(collection, body.getOrDefault("name", ""));
    return existing.orElseGet(() -> api.post(collection, body)).path("id").asString();
  }

  /** A token for a machine that shall be the node of that name, which there may be already. */
  public JoinToken joinToken(ApiClient api, String name) {
    String place =
        api.find("/nodes?clusterId=" + cluster, name)
            .map(node -> "/nodes/" + node.path("id").asString())
            .orElse("/clusters/" + cluster);
    JsonNode made = api.post(place + "/join-tokens", Map.of());
    return new JoinToken(
        made.path("serverUrl").asString(),
        made.path("pin").asString(),
        made.path("token").asString());
  }
}
