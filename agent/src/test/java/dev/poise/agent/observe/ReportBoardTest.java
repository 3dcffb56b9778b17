package dev.poise.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.spec.Capabilities;
import dev.poise.spec.ClusterId;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.Manifest;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberReport;
import dev.poise.spec.MemberReport.Health;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.Redundancy;
import dev.poise.spec.RoleReport;
import dev.poise.spec.Serving;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReportBoardTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final LoadBalancerId ONE = LoadBalancerId.generate(NOW);
  private static final LoadBalancerId TWO = LoadBalancerId.generate(NOW);
  private static final MemberId MEMBER = MemberId.generate(NOW);

  private Instant now = NOW;
  private final ReportBoard board =
      new ReportBoard(
          NodeId.generate(NOW),
          "s",
          new Capabilities(Map.of(), List.of(), List.of(), Map.of()),
          () -> now);

  private static LoadBalancerReport report(
      LoadBalancerId id, long generation, Health health, long connections) {
    return new LoadBalancerReport(
        id,
        new Outcome.Applied(generation),
        new Serving.Running(generation, 42, NOW),
        List.of(),
        List.of(),
        List.of(new MemberReport(MEMBER, health, "r", NOW, 0, connections, 1)));
  }

  @BeforeEach
  void twoAreKnownToTheServer() {
    board.put(report(ONE, 1, Health.HEALTHY, 0));
    board.put(report(TWO, 1, Health.HEALTHY, 0));
    NodeReport first = board.take();
    assertThat(first.full()).isTrue();
    assertThat(first.sequence()).isEqualTo(1);
    assertThat(first.loadBalancers()).hasSize(2);
    board.arrived(false);
  }

  @Test
  void namesOnlyWhatChanged() {
    board.put(report(TWO, 2, Health.HEALTHY, 0));
    NodeReport report = board.take();
    assertThat(report.full()).isFalse();
    assertThat(report.sequence()).isEqualTo(2);
    assertThat(report.loadBalancers()).extracting(LoadBalancerReport::id).containsExactly(TWO);
  }

  @Test
  void anOutcomeOrAHealthIsDueAtOnce() {
    assertThat(board.untilDue()).isPositive();
    board.put(report(ONE, 2, Health.HEALTHY, 0));
    assertThat(board.untilDue()).isZero();
    board.take();
    board.arrived(false);
    board.put(report(ONE, 2, Health.UNHEALTHY, 0));
    assertThat(board.untilDue()).isZero();
  }

  @Test
  void countersAreDueAfterTwoSeconds() {
    board.put(report(ONE, 1, Health.HEALTHY, 9));
    assertThat(board.untilDue()).isEqualTo(Duration.ofSeconds(2));
    now = NOW.plusSeconds(2);
    assertThat(board.untilDue()).isZero();
  }

  @Test
  void aSignOfLifeIsDueWithinThreeSecondsAndNamesNothing() {
    assertThat(board.untilDue()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
    NodeReport report = board.take();
    assertThat(report.loadBalancers()).isEmpty();
    assertThat(report.gone()).isEmpty();
  }

  @Test
  void whatIsRemovedIsGone() {
    board.remove(ONE);
    assertThat(board.untilDue()).isZero();
    assertThat(board.take().gone()).containsExactly(ONE);
    board.arrived(false);
    assertThat(board.take().gone()).isEmpty();
  }

  @Test
  void aLostReportIsFollowedByAFullOne() {
    board.put(report(ONE, 2, Health.HEALTHY, 0));
    board.take();
    board.lost();
    assertThat(board.untilDue()).isZero();
    NodeReport again = board.take();
    assertThat(again.full()).isTrue();
    assertThat(again.loadBalancers()).hasSize(2);
  }

  @Test
  void aFullReportIsSentWhenTheServerAsks() {
    board.take();
    board.arrived(true);
    assertThat(board.untilDue()).isZero();
    assertThat(board.take().full()).isTrue();
  }

  @Test
  void aServerThatAlwaysAsksIsNotAnsweredInALoop() {
    board.take();
    board.arrived(true);
    board.take();
    board.arrived(true);
    assertThat(board.untilDue()).isPositive();
  }

  @Test
  void whatChangesWhileAReportIsUnderWayIsInTheNext() {
    board.put(report(ONE, 2, Health.HEALTHY, 0));
    board.take();
    board.put(report(ONE, 3, Health.HEALTHY, 0));
    board.arrived(false);
    assertThat(board.take().loadBalancers())
        .extracting(LoadBalancerReport::outcome)
        .containsExactly(new Outcome.Applied(3));
  }

  @Test
  void theRevisionAndWhatIsHeldAreDueAtOnce() {
    HeldRemovals held = new HeldRemovals(5, List.of(ONE));
    board.accepted(manifest(6), held);
    assertThat(board.untilDue()).isZero();
    NodeReport report = board.take();
    assertThat(report.acceptedRevision()).isEqualTo(6);
    assertThat(report.heldRemovals()).isEqualTo(held);
    board.arrived(false);
    board.accepted(manifest(6), held);
    assertThat(board.untilDue()).isPositive();
  }

  private static Manifest manifest(long revision, Manifest.Entry... entries) {
    return new Manifest(
        ClusterId.generate(NOW),
        NodeId.generate(NOW),
        revision,
        new Redundancy.None(),
        List.of(),
        List.of(entries),
        List.of(),
        0,
        List.of());
  }

  private long applied() {
    long revision = board.take().appliedRevision();
    board.arrived(false);
    return revision;
  }

  @Test
  void aRevisionIsAppliedWhenEverythingInItWasTriedAndTheRestIsGone() {
    board.accepted(manifest(3, entry(ONE, 1), entry(TWO, 1)), HeldRemovals.NONE);
    assertThat(applied()).isEqualTo(3);
    board.accepted(manifest(4, entry(ONE, 2)), HeldRemovals.NONE);
    assertThat(applied()).isEqualTo(3);
    board.put(refused(ONE, 2));
    assertThat(applied()).isEqualTo(3);
    assertThat(board.isAllTried()).isFalse();
    board.remove(TWO);
    assertThat(applied()).isEqualTo(4);
    assertThat(board.isAllTried()).isTrue();
  }

  @Test
  void whatIsHeldBackDoesNotKeepARevisionFromBeingApplied() {
    board.accepted(manifest(4, entry(ONE, 1)), new HeldRemovals(4, List.of(TWO)));
    assertThat(applied()).isEqualTo(4);
  }

  @Test
  void problemsOfSeveralPartsAreReportedTogether() {
    board.problems("manifest", List.of("m"));
    board.problems("vrrp", List.of("v"));
    board.problems("manifest", List.of());
    assertThat(board.take().problems()).containsExactly("v");
  }

  @Test
  void aRoleIsDueAtOnce() {
    RoleReport primary = new RoleReport(RoleReport.Role.PRIMARY, NOW, "became primary");
    board.role(primary);
    assertThat(board.untilDue()).isZero();
    assertThat(board.take().role()).isEqualTo(primary);
    board.arrived(false);
    board.role(primary);
    assertThat(board.untilDue()).isPositive();
  }

  @Test
  void countsWhatDoesNotServeAlthoughItShould() {
    board.put(refused(ONE, 2));
    assertThat(board.dead()).isEqualTo(1);
    assertThat(board.size()).isEqualTo(2);
  }

  private static Manifest.Entry entry(LoadBalancerId id, long generation) {
    return new Manifest.Entry(id, generation, "d");
  }

  private static LoadBalancerReport refused(LoadBalancerId id, long generation) {
    return new LoadBalancerReport(
        id,
        new Outcome.Refused(generation, "no", NOW),
        new Serving.Nothing(),
        List.of(),
        List.of(),
        List.of());
  }
}
