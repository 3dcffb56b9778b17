package dev.poise.server.cluster;

import dev.poise.server.identity.Attempts;
import dev.poise.server.identity.Origin;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.Fault;
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
  private static final String STILL_GOOD = " The token is still good.";

  private final JoinTokenStore tokens;
  private final Clusters clusters;
  private final Attempts attempts;
  private final Bodies bodies;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  Joining(
      JoinTokenStore tokens,
      Clusters clusters,
      Attempts attempts,
      Bodies bodies,
      TransactionTemplate transaction,
      InstantSource clock) {
    this.tokens = tokens;
    this.clusters = clusters;
    this.attempts = attempts;
    this.bodies = bodies;
    this.transaction = transaction;
    this.clock = clock;
  }

  /**
   * Makes the machine a node.
   *
   * @throws Refusal.Unauthenticated if the token is not good, whatever is wrong with it
   * @throws Refusal.Invalid if the cluster has another node like it; the token stays good
   * @throws Refusal.RateLimited if there were too many attempts from there
   */
  public JoinAnswer join(JoinRequest request, Origin origin) {
    attempts.count(origin);
    List<Fault> faults = bodies.faults(said(request));
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
    Secret key = Clusters.newKey();
    NodeId node = taken.token().nodeId();
    try {
      Node joined =
          node == null
              ? clusters.admit(caller, taken.token().clusterId(), said(request), key)
              : clusters.readmit(caller, node, request.address(), key);
      return new JoinAnswer(joined.id(), joined.clusterId(), key.text());
    } catch (Refusal.Invalid refusal) {
      throw new Refusal.Invalid(
          refusal.faults().stream()
              .map(it -> new Fault(it.pointer(), it.code(), it.detail() + STILL_GOOD))
              .toList());
    }
  }

  private static Node.Input said(JoinRequest request) {
    return new Node.Input(request.name(), request.address(), null);
  }
}
