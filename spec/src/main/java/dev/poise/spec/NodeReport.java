package dev.poise.spec;

import java.time.Instant;
import java.util.List;

/**
 * What is true on a node. A full report names every load balancer the node has; the others name
 * those that changed since the report before.
 *
 * @param session one run of the agent, a random text
 * @param sequence 1 and up within the session; a gap makes the server ask for a full report
 * @param full whether what is not named here is not on the node
 * @param acceptedRevision the manifest the node acts on; 0 before the first
 * @param appliedRevision the last manifest of which everything was tried; a refusal is an outcome
 *     too
 * @param problems what is wrong with the node and not with one load balancer, in words
 * @param gone load balancers that the node served and does not any more
 * @param role what the node is in its cluster
 */
public record NodeReport(
    NodeId node,
    String session,
    long sequence,
    boolean full,
    Instant capturedTime,
    long acceptedRevision,
    long appliedRevision,
    Capabilities capabilities,
    List<LoadBalancerReport> loadBalancers,
    List<LoadBalancerId> gone,
    HeldRemovals heldRemovals,
    List<String> problems,
    RoleReport role) {
  public NodeReport {
    loadBalancers = List.copyOf(loadBalancers);
    gone = List.copyOf(gone);
    problems = List.copyOf(problems);
  }
}
