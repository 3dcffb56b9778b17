package dev.poise.agent.observe;

import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.Manifest;
import dev.poise.spec.MemberReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.RoleReport;
import dev.poise.spec.Serving;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * What is true on the node now, and what of it the server knows.
 *
 * <p>Workers put the newest report of their load balancer here; the reporter takes what the server
 * does not know yet. It is a state and not a log: however long the server is away, there is one
 * report per load balancer. A report that was not acknowledged may or may not have arrived, so the
 * one after it is full.
 *
 * <p>An outcome, a process or a health that changed is due at once; counters that moved after two
 * seconds; and after three seconds a report is due even if nothing happened, as a sign of life.
 */
public final class ReportBoard {
  private static final Duration COUNTERS_AFTER = Duration.ofSeconds(2);
  private static final Duration HEARTBEAT_AFTER = Duration.ofMillis(2900);

  private final NodeId node;
  private final String session;
  private final Capabilities capabilities;
  private final InstantSource clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Map<LoadBalancerId, LoadBalancerReport> current = new LinkedHashMap<>();
  private final Map<LoadBalancerId, LoadBalancerReport> acknowledged = new HashMap<>();
  private Map<LoadBalancerId, LoadBalancerReport> inFlight = Map.of();
  private long acceptedRevision;
  private Map<LoadBalancerId, Long> accepted = Map.of();
  private long appliedRevision;
  private HeldRemovals heldRemovals = HeldRemovals.NONE;
  private final Map<String, List<String>> problems = new TreeMap<>();
  private RoleReport role = new RoleReport(RoleReport.Role.UNKNOWN, Instant.EPOCH, "");
  private boolean full = true;
  private boolean urgent = true;
  private boolean moved;
  private long sequence;
  private Instant lastTaken = Instant.EPOCH;

  public ReportBoard(NodeId node, String session, Capabilities capabilities, InstantSource clock) {
    this.node = node;
    this.session = session;
    this.capabilities = capabilities;
    this.clock = clock;
  }

  /** The newest report of a load balancer. */
  public void put(LoadBalancerReport report) {
    lock.lock();
    try {
      LoadBalancerReport before = current.put(report.id(), report);
      if (report.equals(before)) return;
      moved = true;
      if (before == null || !saysTheSame(before, report)) becomeUrgent();
    } finally {
      lock.unlock();
    }
  }

  /** Apart from counters. */
  private static boolean saysTheSame(LoadBalancerReport a, LoadBalancerReport b) {
    return a.outcome().equals(b.outcome())
        && a.serving().equals(b.serving())
        && healths(a).equals(healths(b));
  }

  private static List<MemberHealth> healths(LoadBalancerReport report) {
    return report.members().stream()
        .map(member -> new MemberHealth(member.id().text(), member.health(), member.reason()))
        .toList();
  }

  private record MemberHealth(String id, MemberReport.Health health, String reason) {}

  /** A load balancer is not on the node any more. */
  public void remove(LoadBalancerId id) {
    lock.lock();
    try {
      if (current.remove(id) != null) becomeUrgent();
    } finally {
      lock.unlock();
    }
  }

  /** The manifest the node acts on, and what it holds back. */
  public void accepted(Manifest manifest, HeldRemovals held) {
    lock.lock();
    try {
      if (manifest.revision() == acceptedRevision && held.equals(heldRemovals)) return;
      acceptedRevision = manifest.revision();
      accepted =
          manifest.loadBalancers().stream()
              .collect(Collectors.toMap(Manifest.Entry::id, Manifest.Entry::generation));
      heldRemovals = held;
      becomeUrgent();
    } finally {
      lock.unlock();
    }
  }

  /** Whether everything of the manifest the node acts on was tried; a refusal is an outcome too. */
  public boolean isAllTried() {
    lock.lock();
    try {
      noteApplied();
      return appliedRevision == acceptedRevision;
    } finally {
      lock.unlock();
    }
  }

  private void noteApplied() {
    if (appliedRevision == acceptedRevision) return;
    for (Map.Entry<LoadBalancerId, Long> entry : accepted.entrySet()) {
      LoadBalancerReport report = current.get(entry.getKey());
      if (report == null || report.outcome().generation() != entry.getValue()) return;
    }
    for (LoadBalancerId id : current.keySet()) {
      if (!accepted.containsKey(id) && !heldRemovals.loadBalancers().contains(id)) return;
    }
    appliedRevision = acceptedRevision;
  }

  /**
   * What is wrong with the node and not with one load balancer, as of now.
   *
   * @param about which part of the agent says so; it takes back only what it said itself
   */
  public void problems(String about, List<String> newest) {
    lock.lock();
    try {
      if (newest.equals(problems.getOrDefault(about, List.of()))) return;
      problems.put(about, List.copyOf(newest));
      becomeUrgent();
    } finally {
      lock.unlock();
    }
  }

  /** What the node is in its cluster. */
  public void role(RoleReport newest) {
    lock.lock();
    try {
      if (newest.equals(role)) return;
      role = newest;
      becomeUrgent();
    } finally {
      lock.unlock();
    }
  }

  /** How many load balancers have nothing that serves, although something should. */
  public int dead() {
    lock.lock();
    try {
      return (int) current.values().stream().filter(ReportBoard::isDead).count();
    } finally {
      lock.unlock();
    }
  }

  private static boolean isDead(LoadBalancerReport report) {
    return report.serving() instanceof Serving.Nothing
        && report.outcome() instanceof Outcome.Refused;
  }

  private void becomeUrgent() {
    urgent = true;
    news.signalAll();
  }

  /** How many load balancers have a report. */
  public int size() {
    lock.lock();
    try {
      return current.size();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a report is due. */
  public void awaitDue() throws InterruptedException {
    lock.lock();
    try {
      for (Duration wait = untilDue(); wait.isPositive(); wait = untilDue()) {
        // Moved counters signal nothing; looking four times in the longest wait is cheap.
        long nanos = Math.min(wait.toNanos(), HEARTBEAT_AFTER.toNanos() / 4);
        boolean signalled = news.await(nanos, TimeUnit.NANOSECONDS);
        if (signalled && urgent) return;
      }
    } finally {
      lock.unlock();
    }
  }

  /** How long until a report is due; not positive when one is. */
  Duration untilDue() {
    lock.lock();
    try {
      if (urgent) return Duration.ZERO;
      Duration after = moved ? COUNTERS_AFTER : HEARTBEAT_AFTER;
      Instant now = clock.instant();
      boolean clockWasSetBack = now.isBefore(lastTaken);
      return clockWasSetBack ? Duration.ZERO : Duration.between(now, lastTaken.plus(after));
    } finally {
      lock.unlock();
    }
  }

  /** The report that tells the server what it does not know. */
  public NodeReport take() {
    lock.lock();
    try {
      inFlight = new LinkedHashMap<>(current);
      urgent = false;
      moved = false;
      lastTaken = clock.instant();
      sequence++;
      noteApplied();
      List<LoadBalancerId> gone = new ArrayList<>(acknowledged.keySet());
      gone.removeAll(current.keySet());
      return new NodeReport(
          node,
          session,
          sequence,
          full,
          lastTaken,
          acceptedRevision,
          appliedRevision,
          capabilities,
          full ? List.copyOf(current.values()) : changed(),
          gone,
          heldRemovals,
          problems.values().stream().flatMap(List::stream).toList(),
          role);
    } finally {
      lock.unlock();
    }
  }

  private List<LoadBalancerReport> changed() {
    return current.values().stream()
        .filter(report -> !report.equals(acknowledged.get(report.id())))
        .toList();
  }

  /** The report taken last has arrived. */
  public void arrived(boolean sendFull) {
    lock.lock();
    try {
      acknowledged.clear();
      acknowledged.putAll(inFlight);
      inFlight = Map.of();
      // A server that is not content with a full report gets the next one in its time.
      if (sendFull && !full) becomeUrgent();
      full = sendFull;
    } finally {
      lock.unlock();
    }
  }

  /** The report taken last may not have arrived. */
  public void lost() {
    lock.lock();
    try {
      inFlight = Map.of();
      full = true;
      becomeUrgent();
    } finally {
      lock.unlock();
    }
  }
}
