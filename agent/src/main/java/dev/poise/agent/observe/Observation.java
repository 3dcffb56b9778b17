package dev.poise.agent.observe;

import dev.poise.agent.engine.KernelReading;
import dev.poise.agent.engine.Reading;
import dev.poise.agent.engine.Statistics;
import dev.poise.agent.probe.ProbeVerdict;
import dev.poise.agent.render.UdpTarget;
import dev.poise.spec.ListenerReport;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberReport;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.Outcome;
import dev.poise.spec.PoolSpec;
import dev.poise.spec.Serving;
import dev.poise.spec.VipReport;
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
  private final KernelCounters kernelCounters = new KernelCounters();
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
      Outcome outcome,
      Reading reading,
      KernelReading kernel,
      Optional<LoadBalancerSpec> served,
      Instant now) {
    counters.add(reading);
    kernelCounters.add(kernel);
    List<VipReport> vips = new ArrayList<>();
    List<ListenerReport> listeners = new ArrayList<>();
    List<MemberReport> members = new ArrayList<>();
    served.ifPresent(spec -> {
      if (kernelCounters.counts()) {
        spec.vips().forEach(vip -> vips.add(kernelCounters.of(vip)));
      }
      for (ListenerSpec listener : spec.listeners()) {
        listeners.add(kernelCounters.with(spec, listener, counters.of(listener.id())));
      }
      members.addAll(members(spec, reading, kernel, now));
    });
    return new LoadBalancerReport(id, outcome, serving(reading, kernel), vips, listeners, members);
  }

  private static Serving serving(Reading reading, KernelReading kernel) {
    if (reading.live().isPresent()) {
      Reading.Live live = reading.live().get();
      return new Serving.Running(live.generation(), live.counters().process().pid(), live.since());
    }
    if (kernel.generation().isEmpty()) return new Serving.Nothing();
    return new Serving.InKernel(kernel.generation().getAsLong());
  }

  private List<MemberReport> members(
      LoadBalancerSpec spec, Reading reading, KernelReading kernel, Instant now) {
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
        Optional<ProbeVerdict> probed =
            Optional.ofNullable(kernel.verdicts().get(UdpTarget.of(pool, member)));
        Verdicts.Verdict verdict =
            verdicts.judge(member, pool.healthCheck(), own, probed, reading, now);
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
            + kernelCounters.open(member)
            + reading.unaskedConnections().getOrDefault(destination, 0L),
        counters.connections(member.id()) + kernelCounters.given(member),
        verdict.checkMillis());
  }
}
