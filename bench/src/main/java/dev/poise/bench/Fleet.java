package dev.poise.bench;

import dev.poise.agent.link.ServerClient;
import dev.poise.bench.SimulatedNode.Account;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * All simulated nodes. While it runs, every node polls, and counters of a part of its load
 * balancers move every three seconds, so that reports flow.
 */
final class Fleet {
  private static final Duration BETWEEN_MOVES = Duration.ofSeconds(3);
  private static final int MOVING_PART = 5;

  /** As in all clusters that are simulated. */
  static final int NODES_OF_A_CLUSTER = 2;

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<SimulatedNode> nodes;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<LoadBalancerId, MemberId> members = new ConcurrentHashMap<>();
  private final Map<LoadBalancerId, Arrival> expected = new ConcurrentHashMap<>();
  private final LongAdder reports = new LongAdder();
  private final LongAdder reported = new LongAdder();
  private final Requests failures;

  Fleet(List<Account> accounts, Requests failures) {
    this.failures = failures;
    SimulatedNode.Observer observer = new Listener();
    Account first = accounts.getFirst();
    ServerClient client = new ServerClient(first.server(), first.key());
    nodes = accounts.stream().map(account -> new SimulatedNode(account, client, observer)).toList();
  }

  /** When all nodes of a cluster were told of an edit. */
  static final class Arrival {
    private final AtomicInteger missing = new AtomicInteger(NODES_OF_A_CLUSTER);
    private final CompletableFuture<Long> nanos = new CompletableFuture<>();

    private void told() {
      if (missing.decrementAndGet() == 0) nanos.complete(System.nanoTime());
    }

    /** Waits for it; says when it was. */
    long await() throws IOException {
      try {
        return nanos.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
      } catch (RuntimeException e) {
        throw new IOException("an edit did not reach the nodes", e);
      }
    }
  }

  private final class Listener implements SimulatedNode.Observer {
    @Override
    public void told(LoadBalancerSpec spec) {
      members.put(spec.id(), spec.pools().getFirst().members().getFirst().id());
      Arrival arrival = expected.get(spec.id());
      if (arrival != null) arrival.told();
    }

    @Override
    public void reported(int loadBalancers) {
      reports.increment();
      reported.add(loadBalancers);
    }

    @Override
    public void failed(IOException why) {
      failures.countFailure("node: " + why.getMessage());
    }
  }

  /** What nodes reported so far. */
  record Counts(long reports, long loadBalancers) {
    Counts since(Counts before) {
      return new Counts(reports - before.reports(), loadBalancers - before.loadBalancers());
    }
  }

  Counts counts() {
    return new Counts(reports.sum(), reported.sum());
  }

  /** Lets the nodes poll and report as they would, until {@link #pause}. */
  void resume() {
    for (SimulatedNode node : nodes) {
      threads.add(Thread.startVirtualThread(node::follow));
      threads.add(Thread.startVirtualThread(node::report));
    }
    threads.add(Thread.startVirtualThread(this::moveCounters));
  }

  private void moveCounters() {
    Duration pause = BETWEEN_MOVES.dividedBy(nodes.size());
    while (!Thread.currentThread().isInterrupted()) {
      for (SimulatedNode node : nodes) {
        node.moveCounters(node.size() / MOVING_PART);
        try {
          Thread.sleep(pause);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  /**
   * Lets some report as fast as the server takes it for a while, beside what all report anyway.
   *
   * @return how long that took, in seconds
   */
  double flood(int atOnce, Duration duration) {
    long start = System.nanoTime();
    List<Thread> flooding =
        nodes.subList(0, Math.min(atOnce, nodes.size())).stream()
            .map(node ->
                Thread.startVirtualThread(() ->
                    node.flood(
                        node.size() / MOVING_PART,
                        () -> System.nanoTime() - start < duration.toNanos())))
            .toList();
    for (Thread thread : flooding) Pace.join(thread);
    return (System.nanoTime() - start) / 1e9;
  }

  /** The nodes fall silent. */
  void pause() {
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) Pace.join(thread);
    threads.clear();
  }

  /** How many load balancers the nodes have, each counted once for each node. */
  int size() {
    return nodes.stream().mapToInt(SimulatedNode::size).sum();
  }

  /** A member of the load balancer. */
  MemberId memberOf(LoadBalancerId loadBalancer) {
    MemberId member = members.get(loadBalancer);
    if (member == null) throw new IllegalStateException("no node was told of " + loadBalancer);
    return member;
  }

  /** Watches for the next edit of a load balancer to reach its nodes. */
  Arrival expect(LoadBalancerId loadBalancer) {
    Arrival arrival = new Arrival();
    expected.put(loadBalancer, arrival);
    return arrival;
  }
}
