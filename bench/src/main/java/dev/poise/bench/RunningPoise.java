package dev.poise.bench;

import dev.poise.standalone.AgentProcess;
import dev.poise.standalone.ApiClient;
import dev.poise.standalone.Folders;
import dev.poise.standalone.LogFile;
import dev.poise.standalone.Ports;
import dev.poise.standalone.Postgres;
import dev.poise.standalone.ProjectPlaces;
import dev.poise.standalone.ServerProcess;
import dev.poise.standalone.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * A database, the server and one node, with a folder and loopback addresses of their own, so that
 * nothing else that runs on this machine is disturbed.
 *
 * <p>Load balancers have addresses 127.x.y.*, everything beside them 127.x.(y+1).*.
 */
final class RunningPoise {
  private static final Site.Names NAMES = new Site.Names("bench", "bench", "bench", "bench");
  private static final Map<String, String> UNTIL_APPLIED = Map.of("Prefer", "wait=30");

  private final Path folder;
  private final String network;
  private final int subnet;
  private final Site site;
  private final ApiClient api;
  private final ServerProcess server;
  private final AgentProcess agent;

  private RunningPoise(
      ProjectPlaces project, Scope scope, String network, int subnet, String cidr) {
    this.network = network;
    this.subnet = subnet;
    folder = scope.open(RunningPoise::temporaryFolder, Folders::delete);
    Postgres.Places places =
        new Postgres.Places(
            project.poiseFolder(), path("postgres"), log("postgres"), path("postgres.pid"));
    Postgres postgres = scope.open(() -> Postgres.start(places), Postgres::stop);
    ServerProcess.Settings settings =
        new ServerProcess.Settings(
            project,
            postgres.database(),
            Ports.choose("127.0.0.1"),
            Ports.choose("127.0.0.1"),
            path("admin.key"),
            log("server"),
            path("server.pid"));
    server = scope.open(() -> ServerProcess.start(settings), ServerProcess::stop);
    server.awaitReady();
    api = server.administrator();
    site = Site.ensure(api, NAMES, cidr);
    AgentProcess.Settings node = node(project);
    AgentProcess.join(node, site.joinToken(api, "node-1"), "node-1");
    agent = scope.open(() -> AgentProcess.start(node), RunningPoise::stopNode);
  }

  /** Starts it all; the scope ends it. */
  static RunningPoise start(ProjectPlaces project, Scope scope) {
    Random random = new Random();
    String network = "127." + random.nextInt(20, 80);
    int subnet = 2 * random.nextInt(1, 120);
    return new RunningPoise(project, scope, network, subnet, network + "." + subnet + ".0/24");
  }

  /** Starts it all, for load balancers with addresses of this range; the scope ends it. */
  static RunningPoise start(ProjectPlaces project, Scope scope, String cidr) {
    return new RunningPoise(project, scope, "127.20", 2, cidr);
  }

  private static Path temporaryFolder() {
    try {
      // Names of Unix sockets are short, and the usual place for such folders may be deep.
      return Files.createTempDirectory(Path.of("/tmp"), "poise-bench-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private AgentProcess.Settings node(ProjectPlaces project) {
    return new AgentProcess.Settings(
        project,
        path("agent.conf"),
        path("node.key"),
        path("node"),
        path("run"),
        log("agent"),
        path("agent.pid"));
  }

  /** The agent, then the HAProxy processes, which would go on without it. */
  private static void stopNode(AgentProcess agent) {
    agent.stop();
    AgentProcess.stopAll(agent.settings().project(), agent.settings().file());
  }

  private Path path(String name) {
    return folder.resolve(name);
  }

  private LogFile log(String name) {
    return new LogFile(path(name + ".log"));
  }

  /** For files of others; it goes at the end. */
  Path folder() {
    return folder;
  }

  /** An address that no load balancer has. */
  String otherAddress(int number) {
    return network + "." + (subnet + 1) + "." + number;
  }

  /** The id of the subnet that load balancers are in. */
  String subnet() {
    return site.subnet();
  }

  ApiClient api() {
    return api;
  }

  /**
   * Changes something, and returns when the node says that it is so.
   *
   * @param method POST, PATCH or DELETE
   */
  JsonNode change(String method, String path, Optional<Object> body) {
    ApiClient.Answer answer = api.send(method, path, body, UNTIL_APPLIED);
    if (!answer.succeeded()) throw new IllegalStateException(answer.toString());
    return answer.json();
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

  private Balancer balancer(
      String name, List<Map<String, Object>> listeners, List<Map<String, Object>> pools) {
    JsonNode made =
        change(
            "POST",
            "/load-balancers",
            Optional.of(
                Map.of(
                    "name",
                    name,
                    "networkType",
                    "INTERNAL",
                    "subnetId",
                    site.subnet(),
                    "listeners",
                    listeners,
                    "pools",
                    pools)));
    Balancer balancer = new Balancer(this, made);
    balancer.awaitServing();
    return balancer;
  }

  LinuxProcess server() {
    return new LinuxProcess(server.child().pid());
  }

  LinuxProcess agent() {
    return new LinuxProcess(agent.child().pid());
  }

  /** What they wrote last, for the case that something went wrong. */
  String lastWords() {
    return "The server's last words:\n%s\nThe agent's last words:\n%s"
        .formatted(log("server").tail(20), log("agent").tail(20));
  }
}
