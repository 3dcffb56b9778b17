package dev.poise.bench;

import dev.poise.standalone.Deadline;
import dev.poise.standalone.Ports;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A load balancer of Poise with an HTTP listener and maybe others. */
final class Balancer {
  /** Of the HTTP listener. */
  static final int PORT = 8080;

  /** Of an HTTPS listener. */
  static final int TLS_PORT = 8443;

  /** Of a TCP listener. */
  static final int TCP_PORT = 8090;

  private final RunningPoise poise;
  private final String id;
  private final String address;

  Balancer(RunningPoise poise, JsonNode made) {
    this.poise = poise;
    this.id = made.path("id").asString();
    this.address = made.path("address").asString();
  }

  String path() {
    return "/load-balancers/" + id;
  }

  InetSocketAddress at(int port) {
    return Ports.endpoint(address, port);
  }

  /** Waits until a member answers. */
  void awaitServing() {
    try (Client client = new Client(at(PORT), new Requests())) {
      if (!Deadline.in(Duration.ofSeconds(15)).await(() -> !client.ask().isEmpty())) {
        throw new IllegalStateException(id + " does not serve: " + poise.api().get(path()));
      }
    }
  }

  /** Waits until all members of all listeners pass their checks. */
  void awaitHealthy() {
    Deadline deadline = Deadline.in(Duration.ofSeconds(15));
    if (!deadline.await(
        () -> poise.api().get(path()).path("health").asString().equals("HEALTHY"))) {
      throw new IllegalStateException(id + " does not serve: " + poise.api().get(path()));
    }
  }

  /** Whether a member answers now. */
  boolean serves() {
    try (Client client = new Client(at(PORT), new Requests())) {
      return !client.ask().isEmpty();
    }
  }

  /** The path of the HTTP listener's member with that port. */
  String memberPath(int port) {
    String pool =
        poise.api().list(path() + "/listeners").stream()
            .filter(listener -> listener.path("port").asInt() == PORT)
            .map(listener -> listener.path("defaultPoolId").asString())
            .findFirst()
            .orElseThrow();
    return poise.api().list("/pools/" + pool + "/members").stream()
        .filter(member -> member.path("port").asInt() == port)
        .map(member -> "/members/" + member.path("id").asString())
        .findFirst()
        .orElseThrow();
  }

  /** What the agent made of it, as long as it serves. */
  Path renderedConfiguration() {
    return poise.nodeFolder().resolve("lb", id, "current", "haproxy.cfg");
  }

  /** As one that carries traffic on a port. */
  Contender contender(String name, int port) {
    return new Contender(name, Room.OF_POISE, at(port), haproxy()::cpuTime);
  }

  /** The process that carries its traffic. */
  LinuxProcess haproxy() {
    return LinuxProcess.haproxyOf(id);
  }
}
