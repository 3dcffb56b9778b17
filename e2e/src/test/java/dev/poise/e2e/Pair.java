package dev.poise.e2e;

import dev.poise.standalone.AgentProcess;
import dev.poise.standalone.ApiClient;
import dev.poise.standalone.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import tools.jackson.databind.JsonNode;

/**
 * A cluster of two nodes, each on a host of its own that joined with a token, as an operator makes
 * one: agents, HAProxy, keepalived. The control plane, clients and backends are on the machine of
 * the tests, which is on the same network.
 */
final class Pair implements AutoCloseable {
  private static final Site.Names NAMES = new Site.Names("dc", "vpc", "subnet", "cluster");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int FIRST_NODE = 11;
  private static final int FIRST_BACKEND = 21;
  private static final int FIRST_CLIENT = 41;
  private static final int CLIENTS = 12;
  private static final Set<Pair> ALL = new CopyOnWriteArraySet<>();

  private final Lan lan = new Lan();
  private final ControlPlane control;
  private final ApiClient api;
  private final Site site;
  private final Map<Host, AgentProcess> agents = new HashMap<>();
  private final List<Host> hosts = new ArrayList<>();
  private final List<HttpBackend> backends = new ArrayList<>();
  private final List<String> clientAddresses = new ArrayList<>();
  private long enrolled;
  private int balancers;

  private Pair() {
    control = ControlPlane.start("poise-pair-", lan.here());
    api = control.api();
    site = Site.ensure(api, NAMES, lan.balancers());
    for (int client = 0; client < CLIENTS; client++) {
      clientAddresses.add(lan.addHere(FIRST_CLIENT + client));
    }
    addNode("a");
    addNode("b");
    enrolled = System.nanoTime();
    api.patch(cluster(), Map.of("vrrp", Map.of("interface", Host.INTERFACE)));
    ALL.add(this);
  }

  /** Starts one; takes about as long as the server. */
  static Pair start() {
    return new Pair();
  }

  private void addNode(String name) {
    Host host = lan.host(name, FIRST_NODE + hosts.size());
    hosts.add(host);
    AgentProcess.Settings own = control.node(host.prefix(), name, "agent-" + name);
    AgentProcess.join(own, site.joinToken(api, name), name);
    agents.put(host, AgentProcess.start(own));
  }

  private AgentProcess agent(Host host) {
    return Objects.requireNonNull(agents.get(host), host.name());
  }

  Lan lan() {
    return lan;
  }

  ApiClient api() {
    return api;
  }

  List<Host> hosts() {
    return hosts;
  }

  Host other(Host host) {
    return hosts.getFirst() == host ? hosts.getLast() : hosts.getFirst();
  }

  /** The path of the cluster. */
  String cluster() {
    return "/clusters/" + site.cluster();
  }

  /** The path of a host's node. */
  String node(Host host) {
    return "/nodes/" + agent(host).settings().nodeId();
  }

  /** What a node says it is, as the API has it. */
  String role(Host host) {
    return api.get(node(host)).path("role").asString();
  }

  /** The host that has the addresses; there is one. */
  Host primary() {
    List<Host> holders = holders();
    if (holders.size() != 1) throw new AssertionError("not one holder: " + holders);
    return holders.getFirst();
  }

  /** Addresses of clients on the machine of the tests. */
  List<String> clientAddresses() {
    return clientAddresses;
  }

  /** The first so many web servers, started if they are not there yet. */
  List<HttpBackend> backends(int count) {
    while (backends.size() < count) {
      String address = lan.addHere(FIRST_BACKEND + backends.size());
      backends.add(new HttpBackend("backend-" + backends.size(), address));
    }
    return backends.subList(0, count);
  }

  /** A load balancer that both nodes serve, and one of them answers for. */
  Balancer balancer(Recipe... listeners) {
    balancers++;
    JsonNode made =
        api.post(
            "/load-balancers",
            Map.of(
                "name",
                "lb-" + balancers,
                "subnetId",
                site.subnet(),
                "listeners",
                Arrays.stream(listeners).map(Recipe::body).toList()));
    Balancer balancer = new Balancer(api, made);
    balancer.awaitApplied();
    return balancer;
  }

  /** How long ago the last node joined. */
  Duration sinceEnrolment() {
    return Duration.ofNanos(System.nanoTime() - enrolled);
  }

  // --- What it should come to
  // ----------------------------------------------------------------------

  /** Waits until the cluster says that nothing is wrong with it, and one node has all addresses. */
  void awaitCalm() {
    Await.until(
        "the cluster is calm",
        PATIENCE,
        () -> api.get(cluster()),
        seen -> seen.path("problems").isEmpty() && seen.path("primaries").size() == 1);
    awaitOneHolder();
    awaitRole(primary(), "PRIMARY");
    awaitRole(other(primary()), "BACKUP");
  }

  /** Waits until the cluster says that this is wrong with it. */
  void awaitProblem(String kind) {
    Await.until(
        "the cluster has the problem " + kind,
        PATIENCE,
        () -> api.get(cluster()).path("problems"),
        problems -> problems.valueStream().anyMatch(it -> it.path("kind").asString().equals(kind)));
  }

  void awaitRole(Host host, String role) {
    Await.until(host.name() + " is " + role, PATIENCE, () -> role(host), role::equals);
  }

  /** Waits until a node that is back has tried all that the cluster wants. */
  void awaitCaughtUp(Host host) {
    long desired = api.get(cluster()).path("desiredRevision").asLong();
    Await.until(
        host.name() + " has caught up",
        PATIENCE,
        () -> api.get(node(host)),
        node -> node.path("live").asBoolean() && node.path("appliedRevision").asLong() >= desired);
  }

  /** Waits until this host alone has the addresses and the server knows. */
  void awaitPrimary(Host host) {
    awaitHolder(host);
    awaitRole(host, "PRIMARY");
  }

  /** Waits until this host has the addresses; another one that is not reached may have them too. */
  void awaitHolder(Host host) {
    Await.until(
        host.name() + " has the addresses", PATIENCE, () -> !host.extraAddresses().isEmpty());
  }

  /** Waits until exactly one host has the addresses, and all of them. */
  void awaitOneHolder() {
    int all = api.list("/load-balancers").size();
    Await.until(
        "one node has all addresses",
        PATIENCE,
        this::holders,
        holders -> holders.size() == 1 && holders.getFirst().extraAddresses().size() == all);
  }

  private List<Host> holders() {
    return hosts.stream().filter(host -> !host.extraAddresses().isEmpty()).toList();
  }

  // --- What can be broken, and repaired
  // ------------------------------------------------------------

  void killAgent(Host host) {
    agent(host).child().kill9();
  }

  void startAgent(Host host) {
    agents.put(host, AgentProcess.start(agent(host).settings()));
  }

  void killServer() {
    control.killServer();
  }

  void plugAll() {
    hosts.forEach(host -> host.plugged(true));
  }

  /** Brings back what a test broke. */
  void repair() {
    plugAll();
    hosts.forEach(host -> host.signalAll("CONT"));
    hosts.forEach(Host::hearVrrp);
    control.restart();
    for (Host host : hosts) {
      if (!agent(host).child().isAlive()) startAgent(host);
      if (api.get(node(host)).path("drained").asBoolean()) api.post(node(host) + ":activate");
    }
  }

  /** Configurations, states and logs of all there are. */
  static String evidenceOfAll() {
    StringBuilder text = new StringBuilder();
    for (Pair pair : ALL) {
      for (Host host : pair.hosts) {
        text.append(host.name()).append(": ").append(host.extraAddresses()).append('\n');
      }
      text.append(pair.control.evidence("server", "agent-a", "agent-b"));
    }
    return text.toString();
  }

  @Override
  public void close() {
    ALL.remove(this);
    for (AgentProcess agent : agents.values()) {
      if (agent.child().isAlive()) agent.stop();
      AgentProcess.stopAll(agent.settings());
    }
    backends.forEach(HttpBackend::close);
    control.close();
    lan.close();
  }
}
