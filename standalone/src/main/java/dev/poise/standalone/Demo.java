package dev.poise.standalone;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Three backends and a load balancer in front of them, made through the API like any other. */
final class Demo {
  private static final String NAME = "demo";
  private static final int HTTP_PORT = 8000;
  private static final int TCP_PORT = 8001;
  private static final List<DemoBackend> BACKENDS =
      List.of(
          new DemoBackend("blue", 18_081),
          new DemoBackend("green", 18_082),
          new DemoBackend("red", 18_083));

  private final ApiClient api;
  private final String id;
  private final String address;

  private Demo(ApiClient api, JsonNode loadBalancer) {
    this.api = api;
    this.id = loadBalancer.path("id").asString();
    this.address = loadBalancer.path("address").asString();
  }

  static void startBackends() {
    BACKENDS.forEach(DemoBackend::start);
  }

  /** Finds the load balancer by its name, or makes it. */
  static Demo ensure(ApiClient api, Site site) {
    JsonNode loadBalancer =
        api.find("/load-balancers", NAME)
            .orElseGet(() -> api.post("/load-balancers", description(site)));
    return new Demo(api, loadBalancer);
  }

  private static Map<String, Object> description(Site site) {
    return Map.of(
        "name",
        NAME,
        "networkType",
        "INTERNAL",
        "subnetId",
        site.subnet(),
        "listeners",
        List.of(
            Map.of("name", "web", "protocol", "HTTP", "port", HTTP_PORT, "defaultPool", pool()),
            Map.of("name", "tcp", "protocol", "TCP", "port", TCP_PORT, "defaultPool", pool())));
  }

  private static Map<String, Object> pool() {
    return Map.of(
        "algorithm",
        "WEIGHTED_ROUND_ROBIN",
        "healthCheck",
        Map.of("type", "PORT", "intervalSeconds", 1, "timeoutSeconds", 1, "rise", 1, "fall", 2),
        "members",
        BACKENDS.stream()
            .map(backend -> Map.of("address", DemoBackend.ADDRESS, "port", backend.port()))
            .toList());
  }

  String httpUrl() {
    return "http://" + address + ":" + HTTP_PORT;
  }

  String tcpUrl() {
    return "http://" + address + ":" + TCP_PORT;
  }

  /** Waits for the first balanced request; afterwards says what the API says, if there was none. */
  Optional<String> whyNotServing(Duration patience) {
    ApiClient client = ApiClient.withoutKey(URI.create(httpUrl()));
    if (Deadline.in(patience).await(() -> client.answers("/", Duration.ofSeconds(1)))) {
      return Optional.empty();
    }
    JsonNode now = api.get("/load-balancers/" + id);
    String refusal = now.path("refusal").path("message").asString("");
    return Optional.of("state " + now.path("state").asString("unknown") + " " + refusal);
  }

  /** The member of the web listener's pool that is the backend green. */
  String green() {
    String pool = listener().path("defaultPoolId").asString();
    return api.list("/pools/" + pool + "/members").stream()
        .filter(member -> member.path("port").asInt() == BACKENDS.get(1).port())
        .findFirst()
        .map(member -> member.path("id").asString())
        .orElseThrow(() -> new CannotStart("The demo's pool " + pool + " has lost its backend."));
  }

  private JsonNode listener() {
    return api.list("/load-balancers/" + id + "/listeners").stream()
        .filter(listener -> listener.path("port").asInt() == HTTP_PORT)
        .findFirst()
        .orElseThrow(() -> new CannotStart("The demo's load balancer has lost its web listener."));
  }
}
