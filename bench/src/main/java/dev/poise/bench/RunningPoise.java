package dev.poise.bench;

import dev.poise.standalone.AgentProcess;
import dev.poise.standalone.ApiClient;
import dev.poise.standalone.ProjectPlaces;
import dev.poise.standalone.Site;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * A database, the server and one node, with a folder and loopback addresses of their own, so that
 * nothing else that runs on this machine is disturbed.
 *
 * <p>Load balancers have addresses 127.x.y.* to 127.x.(y+3).*, which is enough for a thousand;
 * everything beside them has 127.x.(y+4).*.
 */
final class RunningPoise {
  private static final Site.Names NAMES = new Site.Names("bench", "bench", "bench", "bench");
  private static final int MAKERS = 4;
  private static final Map<String, String> UNTIL_APPLIED = Map.of("Prefer", "wait=30");

  private final String network;
  private final int subnet;
  private final ControlPlane plane;
  private final Site site;
  private AgentProcess agent;

  private RunningPoise(
      ProjectPlaces project, Scope scope, String network, int subnet, String cidr) {
    this.network = network;
    this.subnet = subnet;
    plane = ControlPlane.start(project, scope);
    site = Site.ensure(plane.api(), NAMES, cidr);
    AgentProcess.Settings node = node(project);
    AgentProcess.join(node, site.joinToken(plane.api(), "node-1"), "node-1");
    agent = scope.open(() -> AgentProcess.start(node), RunningPoise::stopNode);
  }

  /** Starts it all; the scope ends it. */
  static RunningPoise start(ProjectPlaces project, Scope scope) {
    Random random = new Random();
    String network = "127." + random.nextInt(20, 80);
    int subnet = 8 * random.nextInt(0, 31);
    return new RunningPoise(project, scope, network, subnet, network + "." + subnet + ".0/22");
  }

  /** Starts it all, for load balancers with addresses of this range; the scope ends it. */
  static RunningPoise start(ProjectPlaces project, Scope scope, String cidr) {
    return new RunningPoise(project, scope, "127.20", 2, cidr);
  }

  /** Starts it all, for more load balancers than others have; the scope ends it. */
  static RunningPoise startLarge(ProjectPlaces project, Scope scope) {
    String network = "127." + new Random().nextInt(20, 80);
    return new RunningPoise(project, scope, network, 200, network + ".0.0/17");
  }

  private AgentProcess.Settings node(ProjectPlaces project) {
    return new AgentProcess.Settings(
        project,
        path("agent.conf"),
        path("node.key"),
        path("node"),
        path("run"),
        plane.log("agent"),
        path("agent.pid"));
  }

  /** The agent, then the HAProxy processes, which would go on without it. */
  private static void stopNode(AgentProcess agent) {
    agent.stop();
    AgentProcess.stopAll(agent.settings());
  }

  /** The node as after a start of its machine: nothing runs, and all it was told is on disk. */
  void stopNode() {
    stopNode(agent);
  }

  /** Starts the agent again; the scope ends it and what it starts. */
  void startAgent(Scope scope) {
    AgentProcess.Settings settings = agent.settings();
    agent = scope.open(() -> AgentProcess.start(settings), RunningPoise::stopNode);
  }

  /** Every HAProxy process of the node. */
  List<LinuxProcess> haproxies() {
    return LinuxProcess.haproxiesOf(agent.settings().dataFolder().toString() + "/");
  }

  ControlPlane plane() {
    return plane;
  }

  private Path path(String name) {
    return folder().resolve(name);
  }

  /** For files of others; it goes at the end. */
  Path folder() {
    return plane.folder();
  }

  /** An address that no load balancer has. */
  String otherAddress(int number) {
    return network + "." + (subnet + 4) + "." + number;
  }

  /** The id of the subnet that load balancers are in. */
  String subnet() {
    return site.subnet();
  }

  ApiClient api() {
    return plane.api();
  }

  /**
   * Changes something, and returns when the node says that it is so.
   *
   * @param method POST, PATCH or DELETE
   */
  JsonNode change(String method, String path, Optional<Object> body) {
    ApiClient.Answer answer = api().send(method, path, body, UNTIL_APPLIED);
    if (!answer.succeeded()) throw new IllegalStateException(answer.toString());
    return answer.json();
  }

  /** Uploads a server's certificate and says its id. */
  String upload(Certificate certificate) {
    Map<String, Object> body = new HashMap<>(certificate.material());
    body.put("name", "bench");
    body.put("kind", "SERVER");
    body.put("dataCenterId", site.dataCenter());
    return api().post("/certificates", body).path("id").asString();
  }

  /** Where the node keeps what it made. */
  Path nodeFolder() {
    return path("node");
  }

  /** Makes a load balancer with one listener and the two members, and waits until it serves. */
  Balancer balancer(String name, Members members) {
    return balancer(name, List.of(members.listener(Balancer.PORT)), List.of());
  }

  /** The same with content rules and a pool of the members for them. */
  Balancer balancer(String name, Members members, String pool, List<Map<String, Object>> rules) {
    return balancer(
        name, List.of(members.listener(Balancer.PORT, rules)), List.of(members.pool(pool)));
  }

  /** Makes one with these listeners, whatever they speak, and waits until it is healthy. */
  Balancer balancer(String name, List<Map<String, Object>> listeners) {
    Balancer balancer = made(name, listeners, List.of());
    balancer.awaitHealthy();
    return balancer;
  }

  /**
   * Makes several with one listener and the two members, a few at a time.
   *
   * @param first the number of the first one, which is in its name
   * @param end the number behind the last one
   */
  List<Balancer> balancers(String name, int first, int end, Members members) {
    try (ExecutorService makers = Executors.newFixedThreadPool(MAKERS)) {
      List<CompletableFuture<Balancer>> making =
          IntStream.range(first, end)
              .mapToObj(i ->
                  CompletableFuture.supplyAsync(() -> balancer(name + "-" + i, members), makers))
              .toList();
      return making.stream().map(CompletableFuture::join).toList();
    }
  }

  private Balancer balancer(
      String name, List<Map<String, Object>> listeners, List<Map<String, Object>> pools) {
    Balancer balancer = made(name, listeners, pools);
    balancer.awaitServing();
    return balancer;
  }

  private Balancer made(
      String name, List<Map<String, Object>> listeners, List<Map<String, Object>> pools) {
    return new Balancer(
        this, change("POST", "/load-balancers", Optional.of(body(name, listeners, pools))));
  }

  /** Makes one as {@link #balancer(String, Members)} does, and waits for nothing. */
  Balancer unawaited(String name, Members members) {
    Object body = body(name, List.of(members.listener(Balancer.PORT)), List.of());
    return new Balancer(this, api().post("/load-balancers", body));
  }

  private Map<String, Object> body(
      String name, List<Map<String, Object>> listeners, List<Map<String, Object>> pools) {
    return Map.of(
        "name",
        name,
        "networkType",
        "INTERNAL",
        "subnetId",
        site.subnet(),
        "listeners",
        listeners,
        "pools",
        pools);
  }

  /** Lets the tenant have so many load balancers, if that is more than usual. */
  void allow(int loadBalancers) {
    Quotas.raise(api(), loadBalancers, 2 * loadBalancers);
  }

  LinuxProcess server() {
    return plane.server();
  }

  LinuxProcess agent() {
    return new LinuxProcess(agent.child().pid());
  }

  /** What they wrote last, for the case that something went wrong. */
  String lastWords() {
    return plane.lastWords() + "\nThe agent's last words:\n" + plane.log("agent").tail(20);
  }
}
