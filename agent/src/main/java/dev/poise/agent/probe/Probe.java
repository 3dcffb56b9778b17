package dev.poise.agent.probe;

import dev.poise.agent.render.UdpTarget;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.MemberReport.Health;
import java.time.Instant;

/** The checks of one member: when the next one is due, and the verdict until now. */
final class Probe {
  private final UdpTarget target;
  private final Prober.Site site;
  private HealthCheck check;
  private ProbeVerdict verdict;
  private int contradictions;
  private long dueNanos;
  private boolean ended;

  Probe(
      UdpTarget target,
      Prober.Site site,
      HealthCheck check,
      boolean knownHealthy,
      long dueNanos,
      Instant now) {
    this.target = target;
    this.site = site;
    this.check = check;
    this.dueNanos = dueNanos;
    this.verdict =
        knownHealthy
            ? new ProbeVerdict(Health.HEALTHY, "as before the agent was started", now, 0)
            : new ProbeVerdict(Health.UNKNOWN, "not checked yet", now, 0);
  }

  UdpTarget target() {
    return target;
  }

  Prober.Site site() {
    return site;
  }

  HealthCheck check() {
    return check;
  }

  void check(HealthCheck other) {
    check = other;
  }

  ProbeVerdict verdict() {
    return verdict;
  }

  long dueNanos() {
    return dueNanos;
  }

  boolean hasEnded() {
    return ended;
  }

  void end() {
    ended = true;
  }

  void begin(long now) {
    dueNanos = now + check.timing().intervalSeconds() * 1_000_000_000L;
  }

  /**
   * A check ended. The first one decides alone; later it takes some in a row to change anything.
   */
  void finish(boolean passed, String reason, long millis, Instant now) {
    Health wanted = passed ? Health.HEALTHY : Health.UNHEALTHY;
    Health before = verdict.health();
    if (wanted == before) {
      contradictions = 0;
      verdict = new ProbeVerdict(before, reason, verdict.since(), millis);
      return;
    }
    contradictions++;
    int needed = passed ? check.timing().rise() : check.timing().fall();
    if (before != Health.UNKNOWN && contradictions < needed) return;
    contradictions = 0;
    verdict = new ProbeVerdict(wanted, reason, now, millis);
  }
}
