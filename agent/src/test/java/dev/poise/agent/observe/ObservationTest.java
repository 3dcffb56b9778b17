package dev.poise.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.engine.KernelReading;
import dev.poise.agent.engine.ProcessIdentity;
import dev.poise.agent.engine.Reading;
import dev.poise.agent.engine.Statistics;
import dev.poise.agent.support.Specs;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberReport;
import dev.poise.spec.MemberReport.Health;
import dev.poise.spec.Outcome;
import dev.poise.spec.Serving;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObservationTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Outcome OUTCOME = new Outcome.Applied(1);
  private static final ProcessIdentity FIRST = new ProcessIdentity(10, 1);
  private static final ProcessIdentity SECOND = new ProcessIdentity(11, 2);

  private final Specs specs =
      new Specs().http(80).httpCheck("/check").member(new IpAddress("10.0.0.1"), 8080);
  private final LoadBalancerSpec spec = specs.next();
  private final Observation observation = new Observation(specs.id, NOW);

  private Statistics statistics(long total, long open, String status, String check) {
    String listener = specs.listener(0).id().text();
    return new Statistics(
        List.of(
            new Statistics.Frontend(listener, open, total, 0, total, total, total, total, 0, 0, 0)),
        List.of(
            new Statistics.Server(
                listener + ":p",
                specs.member(0).id().text(),
                status,
                1,
                open,
                total,
                check,
                check.startsWith("L7") ? "503" : "",
                4,
                "Connection refused",
                5,
                false)));
  }

  private static Reading live(ProcessIdentity process, Statistics statistics) {
    return new Reading(Optional.of(of(process, statistics, NOW)), List.of(), Map.of(), Set.of());
  }

  private static Reading.Live of(ProcessIdentity process, Statistics statistics, Instant since) {
    return new Reading.Live(new Reading.OfProcess(process, statistics), 1, since);
  }

  private LoadBalancerReport report(Reading reading, Instant now) {
    return observation.report(OUTCOME, reading, KernelReading.NONE, Optional.of(spec), now);
  }

  private MemberReport member(Reading reading, Instant now) {
    return report(reading, now).members().getFirst();
  }

  @Test
  void countersGoOnWhereTheLastProcessEnded() {
    report(live(FIRST, statistics(5, 1, "UP", "L7OK")), NOW);
    report(live(FIRST, statistics(7, 1, "UP", "L7OK")), NOW);
    LoadBalancerReport report = report(live(SECOND, statistics(2, 0, "UP", "L7OK")), NOW);
    assertThat(report.listeners().getFirst().requests()).isEqualTo(9);
    assertThat(report.listeners().getFirst().responses2xx()).isEqualTo(9);
    assertThat(report.members().getFirst().connections()).isEqualTo(9);
    assertThat(report.serving()).isEqualTo(new Serving.Running(1, 11, NOW));
  }

  @Test
  void whatDrainsIsCountedToo() {
    report(live(FIRST, statistics(5, 2, "UP", "L7OK")), NOW);
    Reading both =
        new Reading(
            Optional.of(of(SECOND, statistics(1, 1, "UP", "L7OK"), NOW)),
            List.of(new Reading.OfProcess(FIRST, statistics(6, 2, "UP", "L7OK"))),
            Map.of("10.0.0.1:8080", 4L, "10.9.9.9:1", 100L),
            Set.of());
    LoadBalancerReport report = report(both, NOW);
    assertThat(report.members().getFirst().connections()).isEqualTo(7);
    assertThat(report.members().getFirst().activeConnections()).isEqualTo(7);
    assertThat(report.listeners().getFirst().activeConnections()).isEqualTo(3);
  }

  @Test
  void aProcessThatWasThereBeforeTheAgentCountsFromItsFirstReading() {
    Instant before = NOW.minusSeconds(60);
    List<Long> requests = new ArrayList<>();
    for (long total : List.of(1000L, 1003L)) {
      Reading reading =
          new Reading(
              Optional.of(of(FIRST, statistics(total, 0, "UP", "L7OK"), before)),
              List.of(),
              Map.of(),
              Set.of());
      requests.add(report(reading, NOW).listeners().getFirst().requests());
    }
    report(live(SECOND, statistics(1, 0, "UP", "L7OK")), NOW);
    requests.add(
        report(live(SECOND, statistics(1, 0, "UP", "L7OK")), NOW)
            .listeners()
            .getFirst()
            .requests());
    assertThat(requests).containsExactly(0L, 3L, 4L);
  }

  @Test
  void saysWhyAndSinceWhen() {
    MemberReport down = member(live(FIRST, statistics(0, 0, "DOWN", "L7STS")), NOW);
    assertThat(down.health()).isEqualTo(Health.UNHEALTHY);
    assertThat(down.reason()).isEqualTo("HTTP 503, expected 200-399");
    assertThat(down.since()).isEqualTo(NOW.minusSeconds(5));
    assertThat(down.checkMillis()).isEqualTo(4);
    Instant later = NOW.plusSeconds(60);
    MemberReport refused = member(live(FIRST, statistics(0, 0, "DOWN", "L4CON")), later);
    assertThat(refused.reason()).isEqualTo("connection refused");
    assertThat(refused.since()).isEqualTo(NOW.minusSeconds(5));
  }

  @Test
  void aReloadShowsNoChangeOfHealth() {
    MemberReport before = member(live(FIRST, statistics(0, 0, "UP", "L4OK")), NOW);
    MemberReport after = member(live(SECOND, statistics(0, 0, "UP", "INI")), NOW.plusSeconds(60));
    assertThat(after).isEqualTo(before);
  }

  @Test
  void whatWaitsForItsFirstCheckIsUnknown() {
    Statistics statistics = statistics(0, 0, "DOWN", "INI");
    Reading reading =
        new Reading(
            Optional.of(of(FIRST, statistics, NOW)),
            List.of(),
            Map.of(),
            Set.of(statistics.servers().getFirst().fullName()));
    assertThat(member(reading, NOW).health()).isEqualTo(Health.UNKNOWN);
  }

  @Test
  void whatIsDisabledIsNeitherHealthyNorNot() {
    LoadBalancerSpec disabled = specs.mode(0, MemberMode.DISABLED).next();
    LoadBalancerReport report =
        observation.report(
            OUTCOME,
            live(FIRST, statistics(0, 3, "MAINT", "")),
            KernelReading.NONE,
            Optional.of(disabled),
            NOW);
    assertThat(report.members().getFirst().health()).isEqualTo(Health.DISABLED);
    assertThat(report.members().getFirst().activeConnections()).isEqualTo(3);
  }

  @Test
  void withoutAProcessNothingIsKnownAndNothingIsOpen() {
    report(live(FIRST, statistics(5, 2, "UP", "L7OK")), NOW);
    LoadBalancerReport report =
        report(new Reading(Optional.empty(), List.of(), Map.of(), Set.of()), NOW);
    assertThat(report.serving()).isEqualTo(new Serving.Nothing());
    assertThat(report.members().getFirst().health()).isEqualTo(Health.UNKNOWN);
    assertThat(report.members().getFirst().activeConnections()).isZero();
    assertThat(report.listeners().getFirst().requests()).isEqualTo(5);
  }
}
