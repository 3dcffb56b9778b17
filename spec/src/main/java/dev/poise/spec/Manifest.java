package dev.poise.spec;

import java.util.List;

/**
 * What one node should serve, complete in meaning and small on the wire. The specs themselves are
 * fetched by digest, but for a few that are new and come with it.
 *
 * @param revision counts the changes of the cluster; a node accepts only a newer one
 * @param redundancy how the node shares the addresses with others
 * @param networks the VPCs that are networks of their own; what lives in one that is not named
 *     cannot be served
 * @param tombstones load balancers that a user deleted: removing them is what was asked for. A load
 *     balancer that is merely missing must not exist either, but many missing at once are held
 *     back, see {@link HeldRemovals}
 * @param removalsConfirmedThrough an operator confirmed the removals held at this revision and
 *     below
 * @param specs which the revision before did not name, so that a node that has that one saves a
 *     round trip; a hint, which may be left out and is not kept
 */
public record Manifest(
    ClusterId cluster,
    NodeId node,
    long revision,
    Redundancy redundancy,
    List<VpcNetwork> networks,
    List<Entry> loadBalancers,
    List<LoadBalancerId> tombstones,
    long removalsConfirmedThrough,
    List<SpecAnswer.Document> specs) {
  public Manifest {
    networks = List.copyOf(networks);
    loadBalancers = List.copyOf(loadBalancers);
    tombstones = List.copyOf(tombstones);
    specs = List.copyOf(specs);
  }

  /** The same without specs: what a node acts on and keeps. */
  public Manifest withoutSpecs() {
    return new Manifest(
        cluster,
        node,
        revision,
        redundancy,
        networks,
        loadBalancers,
        tombstones,
        removalsConfirmedThrough,
        List.of());
  }

  /**
   * One load balancer of the node.
   *
   * @param digest SHA-256 of the spec's JSON, as 64 hexadecimal digits
   */
  public record Entry(LoadBalancerId id, long generation, String digest) {}
}
