package dev.poise.agent.vrrp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.vrrp.Candidacy.Circumstances;
import dev.poise.agent.vrrp.Candidacy.Standing;
import dev.poise.spec.IpAddress;
import dev.poise.spec.NodeId;
import dev.poise.spec.Redundancy;
import dev.poise.spec.Redundancy.Handover;
import dev.poise.spec.RoleReport.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CandidacyTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final NodeId OWN = NodeId.generate(START);
  private static final NodeId OTHER = NodeId.generate(START);
  private static final Standing STANDS = new Standing.Stands();

  @TempDir Path directory;
  private Candidacy candidacy;
  private Instant now = START;
  private Role role = Role.PRIMARY;
  private boolean caughtUp = true;
  private List<String> broken = List.of();
  private Handover handover = Handover.NONE;
  private boolean drained;

  @BeforeEach
  void toldOfNoHandover() {
    candidacy = restarted();
    assertThat(decide()).isEqualTo(STANDS);
  }

  private Candidacy restarted() {
    return new Candidacy(OWN, new SeenHandover(directory));
  }

  private Standing decide() {
    Redundancy.Vrrp vrrp =
        new Redundancy.Vrrp(
            1, 100, 1000, "eth0", "eth0", new IpAddress("10.0.0.1"), List.of(), drained, handover);
    return candidacy.decide(vrrp, new Circumstances(role, caughtUp, broken, now));
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private static Standing out(String why) {
    return new Standing.Out(why);
  }

  @Test
  void aDrainedNodeStandsAgainWhenThatIsOver() {
    drained = true;
    assertThat(decide()).isEqualTo(out("drained by an operator"));
    pass(Duration.ofDays(1));
    assertThat(decide()).isEqualTo(out("drained by an operator"));
    drained = false;
    assertThat(decide()).isEqualTo(STANDS);
  }

  @Test
  void aPrimaryGivesWayOnceForAHandoverAndStandsAgainWhenOthersHadTheirChance() {
    handover = new Handover(1, List.of());
    assertThat(decide()).isEqualTo(out("gave way: planned failover 1"));
    pass(Duration.ofSeconds(2));
    assertThat(decide()).as("still primary").isEqualTo(out("gave way: planned failover 1"));
    role = Role.FAULT;
    assertThat(decide()).isEqualTo(out("gave way: planned failover 1"));
    pass(Duration.ofSeconds(4));
    assertThat(decide()).isEqualTo(out("gave way: planned failover 1"));
    pass(Duration.ofMillis(1));
    assertThat(decide()).isEqualTo(STANDS);
    role = Role.PRIMARY;
    assertThat(decide()).as("primary again by itself").isEqualTo(STANDS);
  }

  @Test
  void givingWayEndsEvenIfKeepalivedNeverSaysSo() {
    handover = new Handover(1, List.of());
    assertThat(decide()).isNotEqualTo(STANDS);
    pass(Duration.ofSeconds(15));
    assertThat(decide()).isEqualTo(STANDS);
  }

  @Test
  void givingWayEndsWhenTheClockIsSetBack() {
    handover = new Handover(1, List.of());
    assertThat(decide()).isNotEqualTo(STANDS);
    pass(Duration.ofDays(-1));
    assertThat(decide()).isEqualTo(STANDS);
  }

  @Test
  void whoIsNamedDoesNotGiveWay() {
    handover = new Handover(1, List.of(OTHER, OWN));
    assertThat(decide()).isEqualTo(STANDS);
  }

  @Test
  void aBackupGivesWayOnlyToSomebodyWhoIsNamed() {
    role = Role.BACKUP;
    handover = new Handover(1, List.of());
    assertThat(decide()).isEqualTo(STANDS);
    handover = new Handover(2, List.of(OTHER));
    assertThat(decide()).isEqualTo(out("gave way: planned failover 2"));
    pass(Duration.ofMillis(4001));
    assertThat(decide()).isEqualTo(STANDS);
  }

  @Test
  void aHandoverIsNotForgottenByARestart() {
    handover = new Handover(1, List.of());
    assertThat(decide()).isNotEqualTo(STANDS);
    candidacy = restarted();
    assertThat(decide()).isEqualTo(STANDS);
  }

  @Test
  void aHandoverIsDecidedWhenTheRoleIsKnown() {
    candidacy = restarted();
    handover = new Handover(1, List.of());
    role = Role.UNKNOWN;
    assertThat(decide()).isEqualTo(STANDS);
    role = Role.PRIMARY;
    assertThat(decide()).isEqualTo(out("gave way: planned failover 1"));
  }

  @Test
  void aNodeThatIsNewInItsClusterDoesNotGiveWayForThePast(@TempDir Path other) {
    candidacy = new Candidacy(OWN, new SeenHandover(other));
    handover = new Handover(7, List.of());
    assertThat(decide()).isEqualTo(STANDS);
    handover = new Handover(8, List.of());
    assertThat(decide()).isEqualTo(out("gave way: planned failover 8"));
  }

  @Test
  void aColdNodeWaitsUntilItHasCaughtUp() {
    candidacy.startsCold(now);
    caughtUp = false;
    role = Role.FAULT;
    assertThat(decide()).isEqualTo(out("has not caught up yet"));
    pass(Duration.ofSeconds(9));
    assertThat(decide()).isEqualTo(out("has not caught up yet"));
    caughtUp = true;
    assertThat(decide()).isEqualTo(STANDS);
    caughtUp = false;
    assertThat(decide()).as("later changes are no reason").isEqualTo(STANDS);
  }

  @Test
  void aColdNodeServesFromItsDiskAfterTenSeconds() {
    candidacy.startsCold(now);
    caughtUp = false;
    assertThat(decide()).isNotEqualTo(STANDS);
    pass(Duration.ofSeconds(10));
    assertThat(decide()).isEqualTo(STANDS);
  }

  @Test
  void aBrokenPrimaryGivesWayOnceUntilItWasWholeForAMinute() {
    broken = List.of("the data directory cannot be written");
    assertThat(decide()).isEqualTo(out("gave way: the data directory cannot be written"));
    role = Role.FAULT;
    decide();
    pass(Duration.ofSeconds(5));
    assertThat(decide()).isEqualTo(STANDS);
    role = Role.PRIMARY;
    pass(Duration.ofHours(1));
    assertThat(decide()).as("nobody else took over").isEqualTo(STANDS);
    broken = List.of();
    assertThat(decide()).isEqualTo(STANDS);
    pass(Duration.ofSeconds(59));
    broken = List.of("kernel rules cannot be written");
    assertThat(decide()).isEqualTo(STANDS);
    broken = List.of();
    decide();
    pass(Duration.ofSeconds(60));
    decide();
    broken = List.of("kernel rules cannot be written");
    assertThat(decide()).isEqualTo(out("gave way: kernel rules cannot be written"));
  }

  @Test
  void aBrokenBackupStaysReady() {
    role = Role.BACKUP;
    broken = List.of("kernel rules cannot be written");
    assertThat(decide()).isEqualTo(STANDS);
  }
}
