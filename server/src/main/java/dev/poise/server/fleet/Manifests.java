package dev.poise.server.fleet;

import dev.poise.server.cluster.Cluster;
import dev.poise.server.cluster.Clusters;
import dev.poise.server.cluster.Node;
import dev.poise.server.loadbalancer.Specs;
import dev.poise.server.loadbalancer.VpcNetworks;
import dev.poise.server.platform.Signals;
import dev.poise.spec.Manifest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Hands manifests to nodes as soon as there is a new one.
 *
 * <p>Revision and entries are read in one snapshot, and every change raises the revision in its own
 * transaction: so a manifest of a revision holds exactly the changes up to it. A poll ends early
 * when it is woken by a signal, and in any case when its time is over; a lost signal costs that
 * time and nothing else.
 */
@Component
final class Manifests {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(50);

  private final Clusters clusters;
  private final Specs specs;
  private final VpcNetworks networks;
  private final Signals signals;
  private final TransactionTemplate snapshot;

  Manifests(
      Clusters clusters,
      Specs specs,
      VpcNetworks networks,
      Signals signals,
      PlatformTransactionManager transactions) {
    this.clusters = clusters;
    this.specs = specs;
    this.networks = networks;
    this.signals = signals;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setReadOnly(true);
  }

  /**
   * The manifest of the node, as soon as it is of another revision; empty when the time is over
   * before.
   */
  Optional<Manifest> await(Node node, long known, Duration wait) {
    long end = System.nanoTime() + jittered(wait).toNanos();
    try (Signals.Subscription signal = signals.subscribe(node.clusterId().text())) {
      while (clusters.cluster(node.clusterId()).revision() == known) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        if (!left.isPositive() || !signals.isRunning()) return Optional.empty();
        signal.await(left);
      }
    }
    networks.prepare(node);
    return Optional.ofNullable(snapshot.execute(_ -> assemble(node)));
  }

  private Manifest assemble(Node asking) {
    Cluster cluster = clusters.cluster(asking.clusterId());
    List<Node> nodes = clusters.nodesOf(List.of(cluster.id()));
    // Anything may have been said of the node since it asked.
    Node node =
        nodes.stream()
            .filter(one -> one.id().equals(asking.id()))
            .findFirst()
            .orElseThrow(Clusters::notANode);
    return new Manifest(
        cluster.id(),
        node.id(),
        cluster.revision(),
        Redundancies.of(cluster, node, nodes),
        networks.of(node, nodes),
        specs.wanted(cluster.id()),
        specs.tombstones(cluster.id()),
        cluster.removalsConfirmedThrough());
  }

  /** Somewhat less than asked for, so that the polls of many nodes do not end together. */
  private static Duration jittered(Duration wait) {
    Duration longest = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    return Duration.ofMillis(
        (long) (longest.toMillis() * ThreadLocalRandom.current().nextDouble(0.8, 1.0)));
  }
}
