package dev.poise.server.cluster;

import dev.poise.server.audit.Audit;
import dev.poise.server.identity.Attempts;
import dev.poise.server.identity.Origin;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import dev.poise.spec.JoinAnswer;
import dev.poise.spec.JoinRequest;
import dev.poise.spec.NodeId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes nodes of machines that show a join token.
 *
 * <p>The token is used up by the statement that looks for it, in the transaction that makes the
 * node: of many machines with one token, one becomes a node, and if that does not work out, because
 * the name is taken, the token is as good as before. Whatever is wrong with a token, the answer is
 * the same, and an address that keeps coming with wrong ones is not listened to for a while.
 *
 * <p>A token for a node that exists gives it another key and lets it in again. The key it had opens
 * nothing from then on; the name stays, whatever the machine calls itself.
 */
@Component
public final class Joining {
  private final JoinTokenStore tokens;
  private final ClusterStore nodes;
  private final Clusters clusters;
  private final Attempts attempts;
  private final Bodies bodies;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  Joining(
      JoinTokenStore tokens,
      ClusterStore nodes,
      Clusters clusters,
      Attempts attempts,
      Bodies bodies,
      Audit audit,
      TransactionTemplate transaction,
      InstantSource clock) {
    this.tokens = tokens;
    this.nodes = nodes;
    this.clusters = clusters;
    this.attempts = attempts;
    this.bodies = bodies;
    this.audit = audit;
    this.transaction = transaction;
    this.clock = clock;
  }

  /**
   * Makes the machine a node.
   *
   * @throws Refusal.Unauthenticated if the token is not good, whatever is wrong with it
   * @throws Refusal.Conflict if the cluster has a node of that name; the token stays good
   * @throws Refusal.RateLimited if there were too many attempts from there
   */
  public JoinAnswer join(JoinRequest request, Origin origin) {
    attempts.count(origin);
    List<Fault> faults = bodies.faults(new Node.Input(request.name(), request.address()));
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
    JoinAnswer answer = Objects.requireNonNull(transaction.execute(_ -> joined(request, origin)));
    attempts.succeeded(origin);
    return answer;
  }

  private JoinAnswer joined(JoinRequest request, Origin origin) {
    Instant now = clock.instant();
    JoinTokenStore.Taken taken =
        tokens
            .take(new Secret(request.token()), now)
            .orElseThrow(() -> new Refusal.Unauthenticated("The join token is not valid."));
    Caller caller =
        new Caller(
            taken.tenant(),
            taken.creator(),
            taken.token().id().text(),
            Role.PLATFORM_ADMIN,
            Scope.FULL,
            origin.address(),
            origin.requestId());
    Secret key = Secret.generate(Clusters.NODE_KEY_PREFIX);
    NodeId node = taken.token().nodeId();
    Node joined =
        node == null
            ? added(caller, taken.token(), request, key)
            : returned(caller, node, request, key);
    clusters.raiseRevision(joined.clusterId());
    return new JoinAnswer(joined.id(), joined.clusterId(), key.text());
  }

  private Node added(Caller caller, JoinToken token, JoinRequest request, Secret key) {
    Instant now = clock.instant();
    Node node =
        new Node(
            NodeId.generate(now), token.clusterId(), request.name(), request.address(), null, now);
    if (!nodes.insert(node, key)) {
      throw new Refusal.Conflict(
          ProblemType.NAME_IN_USE,
          "The cluster has a node named '%s' already. Choose another name; the token is still good."
              .formatted(node.name()));
    }
    audit.append(caller, "node.create", node.id().text(), null, node);
    return node;
  }

  private Node returned(Caller caller, NodeId id, JoinRequest request, Secret key) {
    Node before = clusters.node(id);
    nodes.renew(id, key, request.address());
    Node after = clusters.node(id);
    audit.append(caller, "node.join", id.text(), before, after);
    return after;
  }
}
