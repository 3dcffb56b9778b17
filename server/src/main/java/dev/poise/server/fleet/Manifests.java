package dev.poise.server.fleet;

import dev.poise.server.cluster.Cluster;
import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.loadbalancer.Specs;
import dev.poise.server.loadbalancer.VpcNetworks;
import dev.poise.server.platform.Questions;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Signals;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.Manifest;
import dev.poise.spec.SpecAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Hands manifests to nodes as soon as there is a new one.
 *
 * <p>Every change raises the revision of its cluster in its own transaction. What a revision comes
 * to is read in one round trip, the revision itself first and last: if it is the same, nothing was
 * changed in between, so what was read holds exactly the changes up to it, and will always. That is
 * why it is read once and remembered until there is another revision, for all nodes of the cluster
 * ask for it at the same moment. What differs from node to node is made of it, apart from addresses
 * in networks that nodes make an end of. The specs that are new in it go with it: most nodes waited
 * for it with the revision before, and need not come again for them.
 *
 * <p>Whoever watches is woken by signals, and in any case its time ends, after which it comes again
 * and looks; a lost signal costs that time and nothing else.
 */
@Component
final class Manifests {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(50);

  /** Nodes that wait for a manifest get as many new specs with it; more they fetch. */
  private static final int MOST_SENT = 20;

  private final Clusters clusters;
  private final Specs specs;
  private final VpcNetworks networks;
  private final Signals signals;
  private final Questions questions;
  private final Map<ClusterId, Wanted> newest = new ConcurrentHashMap<>();

  Manifests(
      Clusters clusters, Specs specs, VpcNetworks networks, Signals signals, Questions questions) {
    this.clusters = clusters;
    this.specs = specs;
    this.networks = networks;
    this.signals = signals;
    this.questions = questions;
  }

  /**
   * What a cluster should be at one of its revisions.
   *
   * @param began when reading it began, by {@link System#nanoTime}
   * @param before the revision that was read before
   * @param specs those it did not name
   */
  private record Wanted(
      Cluster cluster,
      List<Node> nodes,
      List<VpcNetworks.Isolated> networks,
      List<Manifest.Entry> loadBalancers,
      List<LoadBalancerId> tombstones,
      long began,
      long before,
      List<SpecAnswer.Document> specs) {
    long revision() {
      return cluster.revision();
    }
  }

  /**
   * Begins to watch for manifests of the node, for a while.
   *
   * @param node as it was when it asked
   * @param known the revision it has, of which it wants no manifest
   * @param again refuses it if it would be refused now; called if anything was said of it since
   */
  Watch watch(Node node, long known, Duration wait, Runnable again) {
    return new Watch(node, known, jittered(wait), again);
  }

  /** Manifests of one node as they come, each of another revision than the one before. */
  final class Watch implements AutoCloseable {
    private final Node node;
    private final Runnable again;
    private final long end;
    private final Signals.Subscription signal;
    private long known;
    private boolean looked;

    private Watch(Node node, long known, Duration wait, Runnable again) {
      this.node = node;
      this.known = known;
      this.again = again;
      this.end = System.nanoTime() + wait.toNanos();
      this.signal = signals.subscribe(node.clusterId().text());
    }

    /**
     * Waits for the next one; empty when the time is over.
     *
     * @throws Refusal.Unauthenticated if whoever asks is none of the cluster's nodes any more
     */
    Optional<Manifest> next() {
      Optional<Wanted> next = looked ? Optional.empty() : look();
      while (next.isEmpty()) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        if (!left.isPositive() || !signal.await(left) || !signals.isRunning()) {
          return Optional.empty();
        }
        // All nodes of the cluster heard the same signal, and one of them reads for all.
        next =
            Optional.of(wanted(node.clusterId(), read -> read.began() - signal.lastNanos() > 0))
                .filter(this::isNews);
      }
      Manifest manifest = manifest(node, known, next.get(), again);
      known = manifest.revision();
      return Optional.of(manifest);
    }

    /** What there is without waiting. */
    private Optional<Wanted> look() {
      long revision = clusters.revision(node.clusterId());
      looked = true;
      return revision == known
          ? Optional.empty()
          : Optional.of(wanted(node.clusterId(), read -> read.revision() == revision));
    }

    private boolean isNews(Wanted wanted) {
      return wanted.revision() != known;
    }

    @Override
    public void close() {
      signal.close();
    }
  }

  /** All nodes of a cluster but the first wait until that one has read it. */
  private Wanted wanted(ClusterId cluster, Predicate<Wanted> isNewest) {
    return newest.compute(
        cluster, (_, read) -> read != null && isNewest.test(read) ? read : read(cluster, read));
  }

  private Wanted read(ClusterId id, @Nullable Wanted before) {
    Optional<Wanted> read;
    do read = readAtOnce(id, before);
    while (read.isEmpty());
    return read.get();
  }

  /** Empty if something was changed meanwhile. */
  private Optional<Wanted> readAtOnce(ClusterId id, @Nullable Wanted before) {
    long began = System.nanoTime();
    List<Cluster> cluster = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    List<VpcNetworks.Isolated> isolated = new ArrayList<>();
    List<Manifest.Entry> entries = new ArrayList<>();
    List<LoadBalancerId> tombstones = new ArrayList<>();
    List<Long> revision = new ArrayList<>();
    List<Question> asked = new ArrayList<>(Clusters.ofCluster(id, cluster::add, nodes::add));
    asked.add(VpcNetworks.ofCluster(id, isolated::add));
    asked.add(Specs.ofCluster(id, entries::add, tombstones::add));
    asked.add(Clusters.ofRevision(id, revision::add));
    questions.ask(asked);
    if (cluster.getFirst().revision() != revision.getFirst()) return Optional.empty();
    return Optional.of(
        new Wanted(
            cluster.getFirst(),
            nodes,
            isolated,
            entries,
            tombstones,
            began,
            before == null ? 0 : before.revision(),
            before == null ? List.of() : fresh(id, entries, before.loadBalancers())));
  }

  private List<SpecAnswer.Document> fresh(
      ClusterId id, List<Manifest.Entry> now, List<Manifest.Entry> before) {
    Set<String> known =
        before.stream().map(Manifest.Entry::digest).collect(Collectors.toUnmodifiableSet());
    List<String> fresh =
        now.stream().map(Manifest.Entry::digest).filter(digest -> !known.contains(digest)).toList();
    return fresh.isEmpty() || fresh.size() > MOST_SENT ? List.of() : specs.seen(id, fresh);
  }

  private Manifest manifest(Node asking, long known, Wanted wanted, Runnable again) {
    Node node =
        wanted.nodes().stream()
            .filter(one -> one.id().equals(asking.id()))
            .findFirst()
            .orElseThrow(Clusters::notANode);
    // Whoever becomes the node in its place gives it another version, and a revision.
    if (node.version() != asking.version()) again.run();
    return new Manifest(
        wanted.cluster().id(),
        node.id(),
        wanted.revision(),
        Redundancies.of(wanted.cluster(), node, wanted.nodes()),
        networks.told(wanted.networks(), node, wanted.nodes()),
        wanted.loadBalancers(),
        wanted.tombstones(),
        wanted.cluster().removalsConfirmedThrough(),
        known == wanted.before() ? wanted.specs() : List.of());
  }

  /** Somewhat less than asked for, so that many nodes do not come again together. */
  private static Duration jittered(Duration wait) {
    Duration longest = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    return Duration.ofMillis(
        (long) (longest.toMillis() * ThreadLocalRandom.current().nextDouble(0.8, 1.0)));
  }
}
