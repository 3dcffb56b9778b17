package dev.poise.agent.observe;

import dev.poise.agent.engine.Reading;
import dev.poise.agent.engine.Statistics;
import dev.poise.spec.ListenerReport;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberReport;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.Outcome;
import dev.poise.spec.PoolSpec;
import dev.poise.spec.Serving;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns the readings of one load balancer into its report. */
public final class Observation {
  private final LoadBalancerId id;
  private final Counters counters;
  private final Verdicts verdicts = new Verdicts();

  /** Begins to count. */
  public Observation(LoadBalancerId id, Instant now) {
    this.id = id;
    this.counters = new Counters(now);
  }

  /**
   * The report.
   *
   * @param served what the processes were last brought to
   */
  public LoadBalancerReport report(
      Outcome outcome, Reading reading, Optional<LoadBalancerSpec> served, Instant now) {
    counters.add(reading);
    List<ListenerReport> listeners = new ArrayList<>();
    List<MemberReport> members = new ArrayList<>();
    served.ifPresent(spec -> {
      spec.listeners().forEach(listener -> listeners.add(counters.of(listener.id())));
      members.addAll(members(spec, reading, now));
    });
    return new LoadBalancerReport(id, outcome, serving(reading), List.of(), listeners, members);
  }

  private static Serving serving(Reading reading) {
    if (reading.live().isEmpty()) return new Serving.Nothing();
    Reading.Live live = reading.live().get();
    return new Serving.Running(live.generation(), live.counters().process().pid(), live.since());
  }

  private List<MemberReport> members(LoadBalancerSpec spec, Reading reading, Instant now) {
    Map<String, List<Statistics.Server>> rows =
        reading.live().stream()
            .flatMap(live -> live.counters().statistics().servers().stream())
            .filter(row -> !row.follows())
            .collect(Collectors.groupingBy(Statistics.Server::name));
    List<MemberReport> reports = new ArrayList<>();
    Set<MemberId> present = new HashSet<>();
    for (PoolSpec pool : spec.pools()) {
      for (MemberSpec member : pool.members()) {
        List<Statistics.Server> own = rows.getOrDefault(member.id().text(), List.of());
        Verdicts.Verdict verdict = verdicts.judge(member, pool.healthCheck(), own, reading, now);
        reports.add(report(member, verdict, reading));
        present.add(member.id());
      }
    }
    verdicts.keep(present);
    return reports;
  }

  private MemberReport report(MemberSpec member, Verdicts.Verdict verdict, Reading reading) {
    String destination = member.address() + ":" + member.port();
    return new MemberReport(
        member.id(),
        verdict.health(),
        verdict.reason(),
        verdict.since(),
        counters.activeConnections(member.id())
            + reading.unaskedConnections().getOrDefault(destination, 0L),
        counters.connections(member.id()),
        verdict.checkMillis());
  }
}
