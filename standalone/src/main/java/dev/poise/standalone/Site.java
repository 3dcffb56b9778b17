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

  /** A node and its key, which the server tells only once. */
  public record NodeAccount(String id, String key) {}

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

  /** Adds a node to the cluster. */
  public NodeAccount addNode(ApiClient api, String name) {
    JsonNode node = api.post("/clusters/" + cluster + "/nodes", Map.of("name", name));
    return new NodeAccount(node.path("id").asString(), node.path("key").asString());
  }
}
