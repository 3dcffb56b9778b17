package dev.poise.bench;

import dev.poise.agent.link.Backoff;
import dev.poise.agent.link.ManifestStream;
import dev.poise.agent.link.ServerAddress;
import dev.poise.agent.link.ServerClient;
import dev.poise.agent.observe.ReportBoard;
import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.ListenerReport;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Manifest;
import dev.poise.spec.MemberReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.Serving;
import dev.poise.spec.SpecAnswer;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A node that is nothing but its link: it follows manifests, fetches the specs it does not have,
 * and reports what it was told as applied, with every member healthy. What it says and when is
 * decided by the agent's own {@link ServerClient} and {@link ReportBoard}; what an agent would do
 * between hearing and saying takes no time here, which is the worst case for a server.
 */
final class SimulatedNode {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(50);
  private static final Capabilities CAPABILITIES =
      new Capabilities(
          Map.of("haproxy", "simulated"), List.of("TCP", "HTTP", "HTTPS"), List.of(), Map.of());

  private final ServerClient server;
  private final ReportBoard board;
  private final Observer observer;
  private final Instant since = Instant.now();
  private final Map<LoadBalancerId, Held> held = new ConcurrentHashMap<>();
  private final ReentrantLock reporting = new ReentrantLock();
  private long revision;

  /**
   * One of many.
   *
   * @param client of any of them, whose connections it shares: a client for each would cost a
   *     process that plays two hundred machines two hundred threads that wait for their connections
   */
  SimulatedNode(Account account, ServerClient client, Observer observer) {
    this.server = client.as(account.key());
    this.observer = observer;
    board =
        new ReportBoard(
            account.id(), UUID.randomUUID().toString(), CAPABILITIES, InstantSource.system());
  }

  /** Who a node is to the server. */
  record Account(ServerAddress server, NodeId id, String key) {}

  /** What a node has of one load balancer. */
  private record Held(String digest, LoadBalancerReport report) {}

  /** Hears what nodes do. */
  interface Observer {
    /** The node has a new spec of it. */
    void told(LoadBalancerSpec spec);

    /** The server took a report of so many load balancers. */
    void reported(int loadBalancers);

    /** The server refused something, or could not be reached. */
    void failed(IOException why);
  }

  /** Follows manifests until interrupted. */
  void follow() {
    repeat(() -> {
      try (ManifestStream manifests = server.manifests(revision, LONGEST_WAIT)) {
        Optional<Manifest> next = manifests.next();
        while (next.isPresent()) {
          accept(next.get());
          next = manifests.next();
        }
      }
    });
  }

  /** Reports when something is due, until interrupted. */
  void report() {
    repeat(() -> {
      board.awaitDue();
      reportNow();
    });
  }

  /** Reports one after the other as fast as the server takes them. */
  void flood(int loadBalancers, BooleanSupplier goesOn) {
    try {
      while (goesOn.getAsBoolean()) {
        moveCounters(loadBalancers);
        reportNow();
      }
    } catch (IOException e) {
      observer.failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private void repeat(Step step) {
    Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(2));
    while (!Thread.currentThread().isInterrupted()) {
      try {
        try {
          step.run();
          backoff.reset();
        } catch (IOException e) {
          observer.failed(e);
          Thread.sleep(backoff.next());
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void accept(Manifest manifest) throws IOException, InterruptedException {
    List<LoadBalancerReport> news = new ArrayList<>();
    for (SpecAnswer.Document document : manifest.specs()) news.add(take(document));
    List<String> missing =
        manifest.loadBalancers().stream()
            .filter(entry -> !has(entry))
            .map(Manifest.Entry::digest)
            .toList();
    for (int from = 0; from < missing.size(); from += SpecRequest.LIMIT) {
      int to = Math.min(missing.size(), from + SpecRequest.LIMIT);
      for (SpecAnswer.Document document : server.fetch(missing.subList(from, to))) {
        news.add(take(document));
      }
    }
    Set<LoadBalancerId> wanted =
        manifest.loadBalancers().stream().map(Manifest.Entry::id).collect(Collectors.toSet());
    held.keySet().stream().filter(id -> !wanted.contains(id)).toList().forEach(this::drop);
    revision = manifest.revision();
    board.accepted(manifest, HeldRemovals.NONE);
    news.forEach(board::put);
  }

  private LoadBalancerReport take(SpecAnswer.Document document) throws IOException {
    LoadBalancerSpec spec = read(document);
    LoadBalancerReport applied = applied(spec);
    held.put(spec.id(), new Held(document.digest(), applied));
    observer.told(spec);
    return applied;
  }

  private boolean has(Manifest.Entry entry) {
    Held mine = held.get(entry.id());
    return mine != null && mine.digest().equals(entry.digest());
  }

  private void drop(LoadBalancerId id) {
    held.remove(id);
    board.remove(id);
  }

  private static LoadBalancerSpec read(SpecAnswer.Document document) throws IOException {
    try {
      return SpecJson.readSpec(document.json());
    } catch (SpecJson.MalformedSpec e) {
      throw new IOException("a spec cannot be read", e);
    }
  }

  private LoadBalancerReport applied(LoadBalancerSpec spec) {
    return new LoadBalancerReport(
        spec.id(),
        new Outcome.Applied(spec.generation()),
        new Serving.Running(spec.generation(), 1, since),
        List.of(),
        spec.listeners().stream()
            .map(listener -> new ListenerReport(listener.id(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
            .toList(),
        spec.pools().stream()
            .flatMap(pool -> pool.members().stream())
            .map(member ->
                new MemberReport(member.id(), MemberReport.Health.HEALTHY, "", since, 0, 0, 1))
            .toList());
  }

  /** Lets traffic pass through some of the load balancers. */
  void moveCounters(int loadBalancers) {
    List<LoadBalancerId> ids = List.copyOf(held.keySet());
    if (ids.isEmpty()) return;
    int first = ThreadLocalRandom.current().nextInt(ids.size());
    for (int i = 0; i < Math.min(loadBalancers, ids.size()); i++) {
      held.computeIfPresent(
          ids.get((first + i) % ids.size()),
          (_, before) -> {
            LoadBalancerReport moved = moved(before.report());
            board.put(moved);
            return new Held(before.digest(), moved);
          });
    }
  }

  private static LoadBalancerReport moved(LoadBalancerReport before) {
    return new LoadBalancerReport(
        before.id(),
        before.outcome(),
        before.serving(),
        before.vips(),
        before.listeners().stream().map(SimulatedNode::moved).toList(),
        before.members().stream().map(SimulatedNode::moved).toList());
  }

  private static ListenerReport moved(ListenerReport before) {
    return new ListenerReport(
        before.id(),
        before.activeConnections() + 1,
        before.connections() + 10,
        before.refusedConnections(),
        before.requests() + 100,
        before.receivedBytes() + 50_000,
        before.transmittedBytes() + 2_000_000,
        before.responses2xx() + 99,
        before.responses3xx(),
        before.responses4xx() + 1,
        before.responses5xx(),
        before.receivedPackets(),
        before.transmittedPackets());
  }

  private static MemberReport moved(MemberReport before) {
    return new MemberReport(
        before.id(),
        before.health(),
        before.reason(),
        before.since(),
        before.activeConnections() + 1,
        before.connections() + 10,
        before.checkMillis());
  }

  private void reportNow() throws IOException, InterruptedException {
    // The next report may only be taken when it is known what became of the one before.
    reporting.lockInterruptibly();
    try {
      NodeReport report = board.take();
      board.arrived(server.report(report).sendFull());
      observer.reported(report.loadBalancers().size());
    } catch (IOException | InterruptedException e) {
      board.lost();
      throw e;
    } finally {
      reporting.unlock();
    }
  }

  /** How many load balancers it has. */
  int size() {
    return held.size();
  }
}
