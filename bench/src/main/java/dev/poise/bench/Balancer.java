package dev.poise.bench;

import dev.poise.standalone.Deadline;
import dev.poise.standalone.Ports;
import java.net.InetSocketAddress;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A load balancer of Poise with one HTTP listener. */
final class Balancer {
  /** Of the listener. */
  static final int PORT = 8080;

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

  /** Whether a member answers now. */
  boolean serves() {
    try (Client client = new Client(at(PORT), new Requests())) {
      return !client.ask().isEmpty();
    }
  }

  /** The path of the member with that port. */
  String memberPath(int port) {
    JsonNode listener = poise.api().list(path() + "/listeners").getFirst();
    String pool = listener.path("defaultPoolId").asString();
    return poise.api().list("/pools/" + pool + "/members").stream()
        .filter(member -> member.path("port").asInt() == port)
        .map(member -> "/members/" + member.path("id").asString())
        .findFirst()
        .orElseThrow();
  }

  /** The process that carries its traffic. */
  LinuxProcess haproxy() {
    return LinuxProcess.haproxyOf(id);
  }
}
