package dev.poise.agent.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.poise.agent.link.ServerAddress;
import dev.poise.spec.AgentApi;
import dev.poise.spec.BundleAnswer;
import dev.poise.spec.BundleRequest;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.JoinAnswer;
import dev.poise.spec.JoinRequest;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Manifest;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.Redundancy;
import dev.poise.spec.ReportAnswer;
import dev.poise.spec.SpecAnswer;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import dev.poise.spec.VpcId;
import dev.poise.spec.VpcNetwork;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;

/** The server's side of {@link AgentApi}, with a memory instead of a database. */
public final class FakeServer implements AutoCloseable {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** The node it knows. */
  public final NodeId node = NodeId.generate(NOW);

  /** The token it takes, any number of times. */
  public static final String TOKEN = "a token";

  /** The key it expects. */
  public final String key = "secret";

  private final ClusterId cluster = ClusterId.generate(NOW);
  private final IpAddress address;
  private final int port;
  private final Map<LoadBalancerId, Manifest.Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> specs = new LinkedHashMap<>();
  private final Map<String, String> bundles = new LinkedHashMap<>();
  private final List<LoadBalancerId> tombstones = new ArrayList<>();
  private final List<VpcNetwork> networks = new ArrayList<>();
  private final List<JoinRequest> joined = new ArrayList<>();
  private final List<NodeReport> reports = new ArrayList<>();
  private final Map<LoadBalancerId, LoadBalancerReport> known = new LinkedHashMap<>();
  private final List<Integer> fetches = new ArrayList<>();
  private long revision;
  private long confirmed;
  private long lastSequence;
  private boolean forgetful;
  private boolean contradicting;
  private boolean sendsSpecs;
  private volatile boolean silent;
  private Redundancy redundancy = new Redundancy.None();
  private boolean revoked;
  private int refused;
  private int answers;
  private TlsIdentity identity = TlsIdentity.shared();
  private HttpServer server;

  /** A server that runs, for agents on this machine. */
  public FakeServer() throws IOException {
    this(Loopback.next());
  }

  /** A server that runs at an address. */
  public FakeServer(IpAddress address) throws IOException {
    this.address = address;
    server = listen(0);
    port = server.getAddress().getPort();
  }

  private HttpServer listen(int wanted) throws IOException {
    HttpsServer fresh = HttpsServer.create(new InetSocketAddress(address.text(), wanted), 100);
    fresh.setHttpsConfigurator(new HttpsConfigurator(identity.context()));
    fresh.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    fresh.createContext(AgentApi.JOIN, this::join);
    fresh.createContext(AgentApi.MANIFEST, this::manifest);
    fresh.createContext(AgentApi.SPECS, this::specs);
    fresh.createContext(AgentApi.BUNDLES, this::bundles);
    fresh.createContext(AgentApi.REPORTS, this::reports);
    fresh.start();
    return fresh;
  }

  /** Where it is, and what it is known by. */
  public ServerAddress address() {
    return new ServerAddress(URI.create("https://" + address + ":" + port), Set.of(identity.pin()));
  }

  /** Shows this certificate from its next start on. */
  public void identity(TlsIdentity other) {
    identity = other;
  }

  /** How many calls it refused because it does not know the key. */
  public synchronized int refused() {
    return refused;
  }

  /** How many answers had manifests. */
  public synchronized int answers() {
    return answers;
  }

  /** What was asked of it to make a node. */
  public synchronized List<JoinRequest> joined() {
    return List.copyOf(joined);
  }

  /** Takes the node for somebody it does not know, or knows it again. */
  public synchronized void revoke(boolean now) {
    revoked = now;
    notifyAll();
  }

  /** Stops answering. */
  public void stop() {
    server.stop(0);
  }

  /** Answers again. */
  public void restart() throws IOException {
    server = listen(port);
  }

  /** Wants a load balancer to be like this. */
  public synchronized void put(LoadBalancerSpec spec) {
    putText(spec.id(), spec.generation(), SpecJson.write(spec));
  }

  /** Wants a load balancer to be what this text says. */
  public synchronized void putText(LoadBalancerId id, long generation, String json) {
    String digest = SpecJson.digest(json);
    specs.put(digest, json);
    entries.put(id, new Manifest.Entry(id, generation, digest));
    changed();
  }

  /** Has this network of a VPC from now on, instead of another one of the VPC. */
  public synchronized void putNetwork(VpcNetwork network) {
    networks.removeIf(each -> each.vpc().equals(network.vpc()));
    networks.add(network);
    changed();
  }

  /** Has no network of the VPC any more. */
  public synchronized void removeNetwork(VpcId vpc) {
    networks.removeIf(each -> each.vpc().equals(vpc));
    changed();
  }

  /** Has certificate material from now on. */
  public synchronized void putBundle(String digest, String pem) {
    bundles.put(digest, pem);
  }

  /** Wants the node to share addresses like this. */
  public synchronized void put(Redundancy newest) {
    redundancy = newest;
    changed();
  }

  /** Somebody deleted a load balancer. */
  public synchronized void delete(LoadBalancerId id) {
    entries.remove(id);
    tombstones.add(id);
    changed();
  }

  /** Loses load balancers, as a server does that was restored badly. */
  public synchronized void lose(List<LoadBalancerId> ids) {
    ids.forEach(entries::remove);
    changed();
  }

  /** An operator confirms the removals held at this revision. */
  public synchronized void confirm(long held) {
    confirmed = held;
    changed();
  }

  /** Is set back to an earlier revision. */
  public synchronized void setBack(long earlier) {
    revision = earlier;
    notifyAll();
  }

  /** Forgets all reports: the next answer asks for a full one. */
  public synchronized void forgetReports() {
    forgetful = true;
    known.clear();
  }

  /** Takes a spec away that manifests still name. */
  public synchronized void loseSpecs() {
    specs.clear();
  }

  /** Answers another text for a digest. */
  public synchronized void corrupt(String digest) {
    specs.computeIfPresent(digest, (key, json) -> json + " ");
  }

  /** Says something else under the revision it is at, whatever was asked. */
  public synchronized void contradict() {
    contradicting = true;
    entries.clear();
  }

  private void changed() {
    revision++;
    notifyAll();
  }

  /** The revision it wants. */
  public synchronized long revision() {
    return revision;
  }

  /** All reports that came. */
  public synchronized List<NodeReport> reports() {
    return List.copyOf(reports);
  }

  /** The newest report. */
  public synchronized NodeReport last() {
    return reports.getLast();
  }

  /** Whether a report came since then. */
  public synchronized int count() {
    return reports.size();
  }

  /** How many specs each fetch asked for. */
  public synchronized List<Integer> fetches() {
    return List.copyOf(fetches);
  }

  /** What it knows of a load balancer from all reports together. */
  public synchronized LoadBalancerReport of(LoadBalancerId id) {
    LoadBalancerReport report = known.get(id);
    if (report == null) throw new AssertionError("nothing was reported about " + id);
    return report;
  }

  /** Whether it knows a load balancer at all. */
  public synchronized boolean knows(LoadBalancerId id) {
    return known.containsKey(id);
  }

  /** Whether the node says that it serves this generation. */
  public synchronized boolean isApplied(LoadBalancerId id, long generation) {
    LoadBalancerReport report = known.get(id);
    return report != null && report.outcome().equals(new Outcome.Applied(generation));
  }

  private void join(HttpExchange exchange) throws IOException {
    JoinRequest request = SpecJson.read(body(exchange), JoinRequest.class);
    synchronized (this) {
      joined.add(request);
    }
    if (request.token().equals(TOKEN)) {
      answer(exchange, 200, SpecJson.write(new JoinAnswer(node, cluster, key)));
    } else {
      answer(exchange, 401, "{\"status\":401,\"detail\":\"The join token is not valid.\"}");
    }
  }

  private void manifest(HttpExchange exchange) throws IOException {
    if (!isAllowed(exchange)) return;
    long known =
        Long.parseLong(exchange.getRequestHeaders().getFirst("If-None-Match").replace("\"", ""));
    String prefer = exchange.getRequestHeaders().getFirst("Prefer");
    long wait = Long.parseLong(prefer.substring("wait=".length()));
    long deadline = System.nanoTime() + wait * 1_000_000_000L;
    Optional<Manifest> first = await(known, deadline);
    // Whoever was revoked while it waited hears nothing.
    if (!isAllowed(exchange)) return;
    if (first.isEmpty()) {
      answer(exchange, 304, "");
    } else if (AgentApi.LINES.equals(exchange.getRequestHeaders().getFirst("Accept"))) {
      answerOnAndOn(exchange, first.get(), deadline);
    } else {
      answer(exchange, 200, SpecJson.write(first.get()));
    }
  }

  private void answerOnAndOn(HttpExchange exchange, Manifest first, long deadline)
      throws IOException {
    synchronized (this) {
      answers++;
    }
    exchange.sendResponseHeaders(200, 0);
    OutputStream body = exchange.getResponseBody();
    Optional<Manifest> next = Optional.of(first);
    while (next.isPresent() && !isRevoked()) {
      body.write((SpecJson.write(next.get()) + "\n").getBytes(StandardCharsets.UTF_8));
      body.flush();
      next = await(next.get().revision(), deadline);
      if (silent) return;
    }
    exchange.close();
  }

  /** Leaves answers as they are from their next word on. */
  public synchronized void fallSilent() {
    silent = true;
    notifyAll();
  }

  private synchronized Optional<Manifest> await(long known, long deadline) throws IOException {
    try {
      while (!contradicting && known == revision) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) return Optional.empty();
        wait(millis);
      }
    } catch (InterruptedException e) {
      throw new IOException("stopped", e);
    }
    return Optional.of(
        new Manifest(
            cluster,
            node,
            revision,
            redundancy,
            networks,
            List.copyOf(entries.values()),
            tombstones,
            confirmed,
            sendsSpecs ? documents(List.copyOf(specs.keySet())) : List.of()));
  }

  /** From now on manifests bring all specs. */
  public synchronized void sendSpecs() {
    sendsSpecs = true;
  }

  private synchronized List<SpecAnswer.Document> documents(List<String> digests) {
    List<SpecAnswer.Document> documents = new ArrayList<>();
    for (String digest : digests) {
      String json = specs.get(digest);
      if (json != null) documents.add(new SpecAnswer.Document(digest, json));
    }
    return documents;
  }

  private void specs(HttpExchange exchange) throws IOException {
    if (!isAllowed(exchange)) return;
    SpecRequest request = SpecJson.read(body(exchange), SpecRequest.class);
    synchronized (this) {
      fetches.add(request.digests().size());
    }
    answer(exchange, 200, SpecJson.write(new SpecAnswer(documents(request.digests()))));
  }

  private void bundles(HttpExchange exchange) throws IOException {
    if (!isAllowed(exchange)) return;
    BundleRequest request = SpecJson.read(body(exchange), BundleRequest.class);
    List<BundleAnswer.Bundle> found = new ArrayList<>();
    synchronized (this) {
      for (String digest : request.digests()) {
        String pem = bundles.get(digest);
        if (pem != null) found.add(new BundleAnswer.Bundle(digest, pem));
      }
    }
    answer(exchange, 200, SpecJson.write(new BundleAnswer(found)));
  }

  private void reports(HttpExchange exchange) throws IOException {
    if (!isAllowed(exchange)) return;
    NodeReport report = SpecJson.read(body(exchange), NodeReport.class);
    answer(exchange, 200, SpecJson.write(new ReportAnswer(take(report))));
  }

  private synchronized boolean take(NodeReport report) {
    reports.add(report);
    boolean gap = !report.full() && (forgetful || report.sequence() != lastSequence + 1);
    if (gap) return true;
    forgetful = false;
    lastSequence = report.sequence();
    if (report.full()) known.clear();
    report.loadBalancers().forEach(each -> known.put(each.id(), each));
    report.gone().forEach(known::remove);
    return false;
  }

  private synchronized boolean isRevoked() {
    return revoked;
  }

  private boolean isAllowed(HttpExchange exchange) throws IOException {
    if (!isRevoked()
        && ("Bearer " + key).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      return true;
    }
    synchronized (this) {
      refused++;
    }
    answer(exchange, 401, "");
    return false;
  }

  private static String body(HttpExchange exchange) throws IOException {
    return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
