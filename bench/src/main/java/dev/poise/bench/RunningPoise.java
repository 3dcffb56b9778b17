package dev.poise.bench;

import dev.poise.standalone.AgentProcess;
import dev.poise.standalone.ApiClient;
import dev.poise.standalone.ProjectPlaces;
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

  private final String network;
  private final int subnet;
  private final ControlPlane plane;
  private final Site site;
  private final AgentProcess agent;

  private RunningPoise(
      ProjectPlaces project, Scope scope, String network, int subnet, String cidr) {
    this.network = network;
    this.subnet = subnet;
    plane = ControlPlane.start(project, scope);
    site = Site.ensure(plane.api(), NAMES, cidr);
    AgentProcess.Settings node = node(project, site.addNode(plane.api(), "node-1"));
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

  private AgentProcess.Settings node(ProjectPlaces project, Site.NodeAccount account) {
    try {
      Files.writeString(path("node.key"), account.key());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new AgentProcess.Settings(
        project,
        plane.url(),
        account.id(),
        path("node.key"),
        path("node"),
        path("run"),
        path("agent.properties"),
        plane.log("agent"),
        path("agent.pid"));
  }

  /** The agent, then the HAProxy processes, which would go on without it. */
  private static void stopNode(AgentProcess agent) {
    agent.stop();
    AgentProcess.stopAll(agent.settings().project(), agent.settings().file());
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
    return network + "." + (subnet + 1) + "." + number;
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
