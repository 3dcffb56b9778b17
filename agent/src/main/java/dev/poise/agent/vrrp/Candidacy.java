package dev.poise.agent.vrrp;

import dev.poise.spec.NodeId;
import dev.poise.spec.Redundancy;
import dev.poise.spec.Redundancy.Handover;
import dev.poise.spec.RoleReport.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the node stands for primary.
 *
 * <p>Who has the addresses keeps them, so a node that should not have them must stop standing for a
 * while, and another one, which is ready, takes them. There are four reasons:
 *
 * <ul>
 *   <li>An operator drained it. It stands again when that is over.
 *   <li>keepalived was started anew and the node has not caught up: load balancers have no outcome
 *       yet, or the server was not asked. After 10 seconds it stands all the same: what is on its
 *       disk is better than nobody.
 *   <li>A planned failover that it has not seen before, to somebody else or to nobody in
 *       particular. It gives way once. Who is named does nothing; who is neither named nor primary
 *       gives way too, so that the named one is alone.
 *   <li>It is broken and primary. It gives way once, and not again before it was whole for a
 *       minute: where all nodes are broken, one of them serves what it can.
 * </ul>
 *
 * <p>Giving way means not to stand until keepalived said that the node is not primary, and then for
 * three advertisements and a second, in which another node becomes primary if there is any. It ends
 * at the latest ten seconds after that should have been over, whatever was heard or not. So only an
 * operator can keep all nodes out, and health of members is no reason at all: it is the same seen
 * from every node.
 *
 * <p>Not safe for use by several threads.
 */
final class Candidacy {
  private static final Duration CATCHING_UP = Duration.ofSeconds(10);
  private static final Duration WHOLE_AGAIN = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final Duration LATEST = Duration.ofSeconds(10);

  private final NodeId node;
  private final SeenHandover seen;
  private @Nullable Instant coldSince;
  private @Nullable GivingWay givingWay;
  private boolean mayGiveWayAsBroken = true;
  private @Nullable Instant wholeSince;

  Candidacy(NodeId node, SeenHandover seen) {
    this.node = node;
    this.seen = seen;
  }

  /** Whether the node stands. */
  sealed interface Standing {
    /** It does. */
    record Stands() implements Standing {}

    /** It does not. */
    record Out(String why) implements Standing {}
  }

  /**
   * What is the case.
   *
   * @param caughtUp whether what the node serves is what the server wants, as far as can be known
   * @param broken what is wrong with the node itself
   */
  record Circumstances(Role role, boolean caughtUp, List<String> broken, Instant time) {}

  private record GivingWay(String why, Instant begun, @Nullable Instant left) {
    boolean isOver(Redundancy.Vrrp vrrp, Instant now) {
      Duration pause = Duration.ofMillis(3L * vrrp.advertisementMillis()).plus(GRACE);
      Instant latest = begun.plus(pause).plus(LATEST);
      Instant end = left == null ? latest : left.plus(pause);
      boolean clockWasSetBack = now.isBefore(begun);
      return clockWasSetBack || now.isAfter(end) || now.isAfter(latest);
    }
  }

  /** keepalived is started by an agent that has just begun. */
  void startsCold(Instant now) {
    coldSince = now;
  }

  /** Decides. */
  Standing decide(Redundancy.Vrrp vrrp, Circumstances now) {
    considerHandover(vrrp, now);
    considerBreakage(now);
    boolean behind = isBehind(now);
    if (vrrp.drained()) {
      givingWay = null;
      return new Standing.Out("drained by an operator");
    }
    GivingWay way = givingWay;
    if (way != null) {
      if (way.left() == null && now.role() != Role.PRIMARY && now.role() != Role.UNKNOWN) {
        way = new GivingWay(way.why(), way.begun(), now.time());
      }
      givingWay = way.isOver(vrrp, now.time()) ? null : way;
      if (givingWay != null) return new Standing.Out(way.why());
    }
    if (behind) return new Standing.Out("has not caught up yet");
    return new Standing.Stands();
  }

  private void considerHandover(Redundancy.Vrrp vrrp, Circumstances now) {
    Handover handover = vrrp.handover();
    OptionalLong before = seen.number();
    boolean first = before.isEmpty();
    if (!first && handover.number() <= before.getAsLong()) return;
    // Whether to give way depends on the role.
    if (!first && now.role() == Role.UNKNOWN) return;
    seen.put(handover.number());
    boolean named = handover.to().contains(node);
    boolean concerned = now.role() == Role.PRIMARY || !handover.to().isEmpty();
    if (first || named || !concerned) return;
    givingWay = new GivingWay("gave way: planned failover " + handover.number(), now.time(), null);
  }

  private void considerBreakage(Circumstances now) {
    if (now.broken().isEmpty()) {
      if (wholeSince == null) wholeSince = now.time();
      boolean longEnough = !now.time().isBefore(wholeSince.plus(WHOLE_AGAIN));
      if (longEnough) mayGiveWayAsBroken = true;
      return;
    }
    wholeSince = null;
    if (!mayGiveWayAsBroken || now.role() != Role.PRIMARY) return;
    mayGiveWayAsBroken = false;
    givingWay = new GivingWay("gave way: " + now.broken().getFirst(), now.time(), null);
  }

  private boolean isBehind(Circumstances now) {
    Instant since = coldSince;
    if (since == null) return false;
    boolean clockWasSetBack = now.time().isBefore(since);
    boolean longAgo = !now.time().isBefore(since.plus(CATCHING_UP));
    if (now.caughtUp() || longAgo || clockWasSetBack) coldSince = null;
    return coldSince != null;
  }
}
