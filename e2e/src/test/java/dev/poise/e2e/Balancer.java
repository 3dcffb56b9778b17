package dev.poise.e2e;

import dev.poise.standalone.ApiClient;
import dev.poise.standalone.ApiClient.Answer;
import dev.poise.standalone.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A load balancer under test, seen through the API. */
final class Balancer {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final ApiClient api;
  private final String id;
  private final String address;

  Balancer(ApiClient api, JsonNode made) {
    this.api = api;
    this.id = made.path("id").asString();
    this.address = made.path("address").asString();
  }

  String id() {
    return id;
  }

  String path() {
    return "/load-balancers/" + id;
  }

  InetSocketAddress at(int port) {
    return Ports.endpoint(address, port);
  }

  /** What the API says of it now. */
  JsonNode now() {
    return api.get(path());
  }

  String state() {
    return now().path("state").asString();
  }

  /** Waits until every live node runs what was asked for last. */
  void awaitApplied() {
    Await.until("the newest generation of " + id + " runs", PATIENCE, this::now, Balancer::applied);
  }

  private static boolean applied(JsonNode now) {
    return now.path("state").asString().equals("ACTIVE")
        && now.path("appliedGeneration").asLong(-1) == now.path("generation").asLong();
  }

  /** Asks for its deletion, unless it is gone already. */
  void delete() {
    Answer answer = api.send("DELETE", path(), Optional.empty(), Map.of());
    if (!answer.succeeded() && answer.status() != 404) throw new AssertionError(answer.toString());
  }

  /** Waits until every node let go of it, after it was deleted. */
  void awaitGone() {
    Await.until(
        id + " is gone",
        PATIENCE,
        () -> api.send("GET", path(), Optional.empty(), Map.of()),
        answer -> answer.status() == 404);
  }

  /** Waits until a request to the HTTP listener is answered by some member. */
  void awaitServing(int port) {
    awaitServing(port, "127.0.0.1");
  }

  /** The same for a client with this address. */
  void awaitServing(int port, String client) {
    Await.until("port " + port + " of " + id + " serves", PATIENCE, () -> serves(port, client));
  }

  /** Waits until a connection to the TCP listener is answered by some member. */
  void awaitServingTcp(int port) {
    Await.until("port " + port + " of " + id + " serves", PATIENCE, () -> servesTcp(port));
  }

  private boolean servesTcp(int port) {
    try (TcpConnection connection = TcpConnection.open(at(port))) {
      return connection.lives();
    } catch (IOException notYet) {
      return false;
    }
  }

  private boolean serves(int port, String client) {
    try {
      return HttpConnection.once(at(port), client, "/").status() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  JsonNode listener(int port) {
    return api.list(path() + "/listeners").stream()
        .filter(listener -> listener.path("port").asInt() == port)
        .findFirst()
        .orElseThrow();
  }

  String listenerPath(int port) {
    return "/listeners/" + listener(port).path("id").asString();
  }

  /** The path of the listener's default pool. */
  String pool(int port) {
    return "/pools/" + listener(port).path("defaultPoolId").asString();
  }

  List<JsonNode> members(int port) {
    return api.list(pool(port) + "/members");
  }

  JsonNode member(int port, Destination backend) {
    return find(port, backend).orElseThrow();
  }

  private Optional<JsonNode> find(int port, Destination backend) {
    return members(port).stream()
        .filter(member -> member.path("address").asString().equals(backend.address()))
        .filter(member -> member.path("port").asInt() == backend.port())
        .findFirst();
  }

  String memberPath(int port, Destination backend) {
    return "/members/" + member(port, backend).path("id").asString();
  }

  /** Adds a member and waits until nodes know it. */
  void add(int port, Destination backend) {
    api.post(pool(port) + "/members", Recipe.memberBody(backend, 1));
    awaitApplied();
  }

  /** Takes a member out and waits until nodes know it. */
  void remove(int port, Destination backend) {
    api.delete(memberPath(port, backend));
    awaitApplied();
  }

  /** Changes a member's mode with a verb of the API and waits until nodes know it. */
  void change(int port, Destination backend, String verb) {
    api.post(memberPath(port, backend) + ":" + verb);
    awaitApplied();
  }

  void patch(String path, Map<String, Object> change) {
    api.patch(path, change);
    awaitApplied();
  }

  /** Waits until the checks' verdict on a member is this one. */
  JsonNode awaitHealth(int port, Destination backend, String health) {
    return Await.until(
        backend + " is " + health,
        PATIENCE,
        () -> member(port, backend),
        member -> member.path("health").asString().equals(health));
  }

  @Override
  public String toString() {
    return id + " on " + address;
  }
}
