package dev.poise.agent.observe;

import dev.poise.agent.engine.Reading;
import dev.poise.agent.engine.Statistics;
import dev.poise.agent.probe.ProbeVerdict;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberReport.Health;
import dev.poise.spec.MemberSpec;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The health of each member, with its reason and since when.
 *
 * <p>A new process knows for up to 250 ms only what it was told about its servers. The verdict from
 * before stands in that time, so that a reload shows no change where there was none. A member that
 * several listeners check is healthy if one of them finds it so.
 */
final class Verdicts {
  private final Map<MemberId, Verdict> verdicts = new HashMap<>();

  /** The health of one member at one address. */
  record Verdict(
      IpAddress address, int port, Health health, String reason, Instant since, long checkMillis) {

    boolean isAbout(MemberSpec member) {
      return address.equals(member.address()) && port == member.port();
    }

    Verdict since(Instant other) {
      return new Verdict(address, port, health, reason, other, checkMillis);
    }
  }

  Verdict judge(
      MemberSpec member,
      HealthCheck check,
      List<Statistics.Server> rows,
      Optional<ProbeVerdict> probed,
      Reading reading,
      Instant now) {
    Verdict last = verdicts.get(member.id());
    Verdict before = last != null && last.isAbout(member) ? last : null;
    Verdict verdict = fresh(member, check, rows, reading, before, now);
    if (probed.isPresent() && (rows.isEmpty() || verdict.health() != Health.HEALTHY)) {
      verdict = better(verdict, of(member, probed.get()), rows.isEmpty());
    }
    if (before != null && before.health() == verdict.health()) {
      verdict = verdict.since(before.since());
    }
    verdicts.put(member.id(), verdict);
    return verdict;
  }

  private static Verdict fresh(
      MemberSpec member,
      HealthCheck check,
      List<Statistics.Server> rows,
      Reading reading,
      @Nullable Verdict before,
      Instant now) {
    if (member.mode() == MemberMode.DISABLED) {
      return of(member, Health.DISABLED, "disabled", now, 0);
    }
    if (rows.isEmpty()) {
      String reason =
          reading.live().isEmpty() ? "no process checks it" : "no listener uses its pool";
      return of(member, Health.UNKNOWN, reason, now, 0);
    }
    Statistics.Server best = best(rows);
    if (reading.unproven().contains(best.fullName())) {
      return of(member, Health.UNKNOWN, "not checked yet", now, 0);
    }
    Health health = best.up() ? Health.HEALTHY : Health.UNHEALTHY;
    if (best.unchecked()) {
      if (before != null && before.health() == health) return before;
      return of(member, health, "as before the last change", now, 0);
    }
    Instant since = now.minusSeconds(best.secondsInStatus());
    return of(member, health, CheckWords.of(best, check), since, best.checkMillis());
  }

  /**
   * What HAProxy found stands, unless it did not look or a UDP listener finds the member healthy.
   */
  private static Verdict better(Verdict byHaproxy, Verdict byProbe, boolean notChecked) {
    return notChecked || byProbe.health() == Health.HEALTHY ? byProbe : byHaproxy;
  }

  private static Verdict of(MemberSpec member, ProbeVerdict probed) {
    return of(member, probed.health(), probed.reason(), probed.since(), probed.checkMillis());
  }

  private static Statistics.Server best(List<Statistics.Server> rows) {
    return rows.stream().filter(Statistics.Server::up).findFirst().orElse(rows.get(0));
  }

  private static Verdict of(
      MemberSpec member, Health health, String reason, Instant since, long checkMillis) {
    return new Verdict(member.address(), member.port(), health, reason, since, checkMillis);
  }

  void keep(Set<MemberId> members) {
    verdicts.keySet().retainAll(members);
  }
}
