package dev.poise.e2e;

import dev.poise.standalone.AgentProcess;
import dev.poise.standalone.ApiClient;
import dev.poise.standalone.ProcessIdentity;
import dev.poise.standalone.Site;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Everything Poise is made of, running: a database, the server and one node, with addresses and
 * folders of its own. Tests talk to it as the world does, through the API and with traffic, and
 * break it by killing processes.
 *
 * <p>Addresses are 127.x.y.z: the y is even for load balancers, the next one up is for backends and
 * clients. Each has an address of its own, so that no two ever want the same port.
 */
final class World implements AutoCloseable {
  private static final Site.Names NAMES = new Site.Names("dc", "vpc", "subnet", "cluster");

  private final ControlPlane control;
  private AgentProcess.Settings agentSettings;
  private final Site site;
  private final ApiClient api;
  private final String outer;
  private final int inner;
  private final List<AutoCloseable> ofTheTest = new ArrayList<>();
  private final List<Balancer> balancers = new ArrayList<>();
  private final List<String> certificates = new ArrayList<>();
  private final List<String> inventory = new ArrayList<>();
  private int lastBackend;
  private int lastBalancer;
  private AgentProcess agent;
  private Optional<AgentProcess> former = Optional.empty();

  private World() {
    Random random = new Random();
    outer = "127." + random.nextInt(100, 250);
    inner = 2 * random.nextInt(1, 120);
    control = ControlPlane.start("poise-e2e-", "127.0.0.1");
    api = control.api();
    site = Site.ensure(api, NAMES, outer + "." + inner + ".0/24");
    // Load balancers take the lowest addresses of their subnet and do not come up here.
    site.ensureElasticIps(
        api, "elastic", "%s.%d.241-%s.%d.254".formatted(outer, inner, outer, inner));
    agentSettings = newNode(1);
    agent = AgentProcess.start(agentSettings);
  }

  private AgentProcess.Settings newNode(int number) {
    String name = "node-" + number;
    AgentProcess.Settings settings = control.node(List.of(), name, "agent");
    // Nodes of a cluster have an address each, also when they are on one machine.
    AgentProcess.join(settings, site.joinToken(api, name), name, "127.0.0." + number);
    return settings;
  }

  /** Starts one; takes about as long as the server. */
  static World start() {
    return new World();
  }

  ApiClient api() {
    return api;
  }

  /** A client without a key. */
  ApiClient stranger() {
    return control.stranger();
  }

  Site site() {
    return site;
  }

  String node() {
    return agentSettings.nodeId();
  }

  // --- What tests make; it goes when the test is over
  // ---------------------------------------------

  /** A load balancer that serves already. */
  Balancer balancer(Recipe... listeners) {
    lastBalancer++;
    JsonNode made =
        api.post(
            "/load-balancers",
            Map.of(
                "name",
                "lb-" + lastBalancer,
                "networkType",
                "INTERNAL",
                "subnetId",
                site.subnet(),
                "listeners",
                Arrays.stream(listeners).map(Recipe::body).toList()));
    Balancer balancer = adopt(made);
    balancer.awaitApplied();
    return balancer;
  }

  /** A load balancer without an elastic IP that can have one, and serves already. */
  Balancer internetBalancer(Recipe... listeners) {
    Balancer balancer =
        adopt(
            api.post(
                "/load-balancers",
                Map.of(
                    "name",
                    "internet",
                    "networkType",
                    "INTERNET",
                    "subnetId",
                    site.subnet(),
                    "listeners",
                    Arrays.stream(listeners).map(Recipe::body).toList())));
    balancer.awaitApplied();
    return balancer;
  }

  /** An elastic IP that is bound to nothing; it goes when the test is over. */
  JsonNode elasticIp() {
    JsonNode made = api.post("/elastic-ips", Map.of("dataCenterId", site.dataCenter()));
    inventory.add("/elastic-ips/" + made.path("id").asString());
    return made;
  }

  /** An instance where a backend is; it goes when the test is over. */
  JsonNode instance(Backend backend) {
    String name = "backends";
    if (api.find("/subnets", name).isEmpty()) {
      String cidr = outer + "." + (inner + 1) + ".0/24";
      api.post("/subnets", Map.of("name", name, "vpcId", site.vpc(), "cidr", cidr));
    }
    JsonNode made =
        api.post(
            "/instances",
            Map.of(
                "name",
                backend.name(),
                "vpcId",
                site.vpc(),
                "addresses",
                List.of(backend.address())));
    inventory.add("/instances/" + made.path("id").asString());
    return made;
  }

  /** A load balancer that the test made by itself; it goes when the test is over. */
  Balancer adopt(JsonNode made) {
    Balancer balancer = new Balancer(api, made);
    balancers.add(balancer);
    return balancer;
  }

  /** Deletes it through the API when the test is over and its load balancers are gone. */
  void deleteAfterwards(String path) {
    inventory.add(path);
  }

  /** A certificate that was uploaded; it goes when the test is over. */
  String certificate(String kind, Map<String, Object> material) {
    Map<String, Object> body = new HashMap<>(material);
    body.put("name", "certificate-" + certificates.size());
    body.put("kind", kind);
    body.put("dataCenterId", site.dataCenter());
    String id = api.post("/certificates", body).path("id").asString();
    certificates.add(id);
    return id;
  }

  HttpBackend http(String name) {
    return remember(new HttpBackend(name, nextBackendAddress()));
  }

  ProxiedBackend proxied(String name) {
    return remember(new ProxiedBackend(name, nextBackendAddress()));
  }

  WebSocketBackend webSocket(String name) {
    return remember(new WebSocketBackend(name, nextBackendAddress()));
  }

  UdpBackend udp(String name) {
    return remember(new UdpBackend(name, nextBackendAddress()));
  }

  DnsServer dns(String name) {
    return remember(new DnsServer(name, nextBackendAddress()));
  }

  TcpBackend tcp(String name) {
    return remember(new TcpBackend(name, nextBackendAddress()));
  }

  /** Closes it when the test is over. */
  <T extends AutoCloseable> T remember(T closeable) {
    ofTheTest.add(closeable);
    return closeable;
  }

  private String nextBackendAddress() {
    lastBackend = lastBackend % 200 + 1;
    return outer + "." + (inner + 1) + "." + lastBackend;
  }

  /** The source address of a client; there are 250. */
  String client(int number) {
    return number < 50
        ? outer + "." + (inner + 1) + "." + (201 + number)
        : "127.251." + (inner + 1) + "." + (number - 49);
  }

  /** Where the node keeps what it was told. */
  Path nodeFolder() {
    return agentSettings.dataFolder();
  }

  /** Repairs what the test broke and ends what it made. */
  void afterTest() throws Exception {
    restartControlPlane();
    if (!agent.child().isAlive()) startAgent();
    for (AutoCloseable closeable : ofTheTest.reversed()) closeable.close();
    ofTheTest.clear();
    for (Balancer balancer : balancers) balancer.delete();
    // The server waits for each node's word.
    former = former.map(node -> AgentProcess.start(node.settings()));
    // Only when nodes let go of it is it gone: the next test finds an empty list.
    for (Balancer balancer : balancers) balancer.awaitGone();
    balancers.clear();
    for (String certificate : certificates) api.delete("/certificates/" + certificate);
    certificates.clear();
    inventory.forEach(api::delete);
    inventory.clear();
  }

  // --- What can be broken
  // ---------------------------------------------------------------------------

  void killServer() {
    control.killServer();
  }

  void killDatabase() {
    control.killDatabase();
  }

  /** Database and server come back, where they were. */
  void restartControlPlane() {
    control.restart();
  }

  void killAgent() {
    agent.child().kill9();
  }

  /** The agent ends in good order; what it started goes on. */
  void stopAgent() {
    agent.stop();
  }

  void startAgent() {
    agent = AgentProcess.start(agentSettings);
  }

  /** The agent and all that it started end, as at a reboot. */
  void stopNode() {
    stop(agent);
  }

  /** The node ends, and another one of the cluster, which knows nothing, takes over. */
  void replaceNode() {
    stopNode();
    former = Optional.of(agent);
    agentSettings = newNode(2);
    startAgent();
  }

  /** The HAProxy processes of a load balancer; more than one while an old one is being replaced. */
  Set<ProcessIdentity> haproxies(Balancer balancer) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> isHaproxyOf(pid, balancer))
        .flatMap(pid -> ProcessIdentity.of(pid).stream())
        .filter(ProcessIdentity::isAlive)
        .collect(Collectors.toSet());
  }

  /** The one HAProxy process of a load balancer on which no reload is going on. */
  ProcessIdentity haproxy(Balancer balancer) {
    return Await.until(
            "one HAProxy runs for " + balancer,
            Duration.ofSeconds(10),
            () -> haproxies(balancer),
            found -> found.size() == 1)
        .iterator()
        .next();
  }

  private static boolean isHaproxyOf(long pid, Balancer balancer) {
    try {
      String program = Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).toString();
      if (!program.endsWith("/haproxy")) return false;
      byte[] arguments = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
      return new String(arguments, StandardCharsets.UTF_8).contains(balancer.id());
    } catch (IOException notOurs) {
      return false;
    }
  }

  /** All that server and agent have logged. */
  String logs() throws IOException {
    return Files.readString(control.log("server").path())
        + Files.readString(control.log("agent").path());
  }

  /** The server's database, to do what the API would not. */
  Connection sql() throws SQLException {
    return control.sql();
  }

  // --- What is known when a test failed
  // ---------------------------------------------------------------

  /** Configurations, states and logs. */
  String evidence() {
    return control.evidence("server", "agent", "postgres");
  }

  private static void stop(AgentProcess agent) {
    if (agent.child().isAlive()) agent.stop();
    AgentProcess.stopAll(agent.settings());
  }

  @Override
  public void close() {
    former.ifPresent(World::stop);
    stop(agent);
    control.close();
  }
}
