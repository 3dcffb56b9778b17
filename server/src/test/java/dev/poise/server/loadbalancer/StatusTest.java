package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.Outcome;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import dev.poise.spec.ProxyProtocol;
import dev.poise.spec.RoleReport.Role;
import dev.poise.spec.Serving;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTest {
  private static final Instant NOW = SampleBalancer.NOW;
  private static final LoadBalancerId ID = LoadBalancerId.generate(NOW);
  private static final List<MemberId> MEMBERS =
      List.of(MemberId.generate(NOW), MemberId.generate(NOW), MemberId.generate(NOW));

  private static LoadBalancer desired(long generation, MemberMode... modes) {
    List<Member> members = new ArrayList<>();
    for (MemberMode mode : modes)
      members.add(SampleBalancer.member(MEMBERS.get(members.size()), members.size() + 1, 1, mode));
    return SampleBalancer.of(
        ID,
        generation,
        new Protocol.Tcp(60, ProxyProtocol.NONE),
        PoolId.generate(NOW),
        List.of(),
        members);
  }

  private static Status.Seen node(
      boolean live, Optional<Outcome> outcome, long serving, MemberReport... members) {
    return node(Role.NONE, live, outcome, serving, members);
  }

  private static Status.Seen node(
      Role role, boolean live, Optional<Outcome> outcome, long serving, MemberReport... members) {
    return new Status.Seen(
        NodeId.generate(NOW),
        "node",
        outcome.map(_ -> NOW),
        live,
        role,
        outcome.map(it ->
            new LoadBalancerReport(
                ID,
                it,
                serving == 0 ? new Serving.Nothing() : new Serving.Running(serving, 1, NOW),
                List.of(),
                List.of(),
                List.of(members))));
  }

  private static Optional<Outcome> applied(long generation) {
    return Optional.of(new Outcome.Applied(generation));
  }

  private static Optional<Outcome> refused(long generation) {
    return Optional.of(new Outcome.Refused(generation, "no", NOW));
  }

  private static MemberReport said(int member, MemberReport.Health health) {
    return new MemberReport(MEMBERS.get(member), health, "why", NOW, 1, 5, 0);
  }

  @Test
  void withoutANodeItIsCreating() {
    Status status = Status.of(desired(1), List.of());
    assertThat(status.state()).isEqualTo(State.CREATING);
    assertThat(status.explanation()).contains("no node");
  }

  @Test
  void anAppliedGenerationIsActive() {
    Status status = Status.of(desired(3), List.of(node(true, applied(3), 3)));
    assertThat(status.state()).isEqualTo(State.ACTIVE);
    assertThat(status.isSettled(3)).isTrue();
    assertThat(status.isSettled(4)).isFalse();
  }

  @Test
  void anOlderGenerationIsUpdating() {
    Status status = Status.of(desired(4), List.of(node(true, applied(3), 3)));
    assertThat(status.state()).isEqualTo(State.UPDATING);
    assertThat(status.appliedGeneration()).isEqualTo(3);
  }

  @Test
  void theSlowestLiveNodeCounts() {
    Status status =
        Status.of(desired(4), List.of(node(true, applied(4), 4), node(true, applied(2), 2)));
    assertThat(status.state()).isEqualTo(State.UPDATING);
    assertThat(status.appliedGeneration()).isEqualTo(2);
  }

  @Test
  void aSilentNodeDoesNotCountBesideALiveOne() {
    Status status =
        Status.of(desired(4), List.of(node(true, applied(4), 4), node(false, applied(2), 2)));
    assertThat(status.state()).isEqualTo(State.ACTIVE);
  }

  @Test
  void withSilentNodesOnlyNothingIsGreen() {
    Status status =
        Status.of(
            desired(4, MemberMode.ENABLED),
            List.of(node(false, applied(4), 4, said(0, MemberReport.Health.HEALTHY))));
    assertThat(status.state()).isEqualTo(State.STALE);
    assertThat(status.health()).isEqualTo(Health.UNKNOWN);
    assertThat(status.member(MEMBERS.getFirst()).health()).isEqualTo(MemberStatus.Health.UNKNOWN);
    assertThat(status.isSettled(4)).isFalse();
  }

  @Test
  void aRefusalIsFailedWithTheReasonWhileTheOldOneServes() {
    Status status = Status.of(desired(5), List.of(node(true, refused(5), 4)));
    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(status.refusal()).map(Status.Refused::message).contains("no");
    assertThat(status.appliedGeneration()).isEqualTo(4);
    assertThat(status.explanation()).contains("generation 4 serves on");
    assertThat(status.isSettled(5)).isTrue();
  }

  @Test
  void aRefusalOfSomethingOlderIsForgotten() {
    Status status = Status.of(desired(6), List.of(node(true, refused(5), 4)));
    assertThat(status.state()).isEqualTo(State.UPDATING);
    assertThat(status.refusal()).isEmpty();
  }

  @Test
  void aNodeThatHoldsItBackSaysWhy() {
    Status status =
        Status.of(
            desired(6), List.of(node(true, Optional.of(new Outcome.Held(6, "too many drain")), 5)));
    assertThat(status.state()).isEqualTo(State.UPDATING);
    assertThat(status.explanation()).contains("too many drain");
  }

  @Test
  void aTombstoneIsDeletingWhateverNodesSay() {
    Status status = Status.of(desired(4).deleted(NOW), List.of(node(true, applied(4), 4)));
    assertThat(status.state()).isEqualTo(State.DELETING);
  }

  /**
   * H healthy, U unhealthy, ? not checked; lower case and d for disabled members, as a node may
   * still report them.
   */
  @ParameterizedTest
  @CsvSource({
    "'',NO_MEMBERS",
    "H,HEALTHY",
    "HHH,HEALTHY",
    "HU,DEGRADED",
    "H?,DEGRADED",
    "UU,UNHEALTHY",
    "??,UNKNOWN",
    "U?,UNKNOWN",
    "d,DISABLED",
    "dd,DISABLED",
    "Hd,HEALTHY",
    "Ud,UNHEALTHY",
    "HUd,DEGRADED"
  })
  void theLightFollowsTheEnabledMembers(String members, Health light) {
    MemberMode[] modes =
        members
            .chars()
            .mapToObj(c -> c == 'd' ? MemberMode.DISABLED : MemberMode.ENABLED)
            .toArray(MemberMode[]::new);
    List<MemberReport> reports = new ArrayList<>();
    for (int i = 0; i < members.length(); i++) {
      reports.add(
          said(
              i,
              switch (members.charAt(i)) {
                case 'H' -> MemberReport.Health.HEALTHY;
                case 'U' -> MemberReport.Health.UNHEALTHY;
                case 'd' -> MemberReport.Health.DISABLED;
                default -> MemberReport.Health.UNKNOWN;
              }));
    }
    Status status =
        Status.of(
            desired(1, modes),
            List.of(node(true, applied(1), 1, reports.toArray(MemberReport[]::new))));
    assertThat(status.health()).isEqualTo(light);
  }

  @Test
  void theWorstOffNodeDecidesAndConnectionsAdd() {
    Status status =
        Status.of(
            desired(1, MemberMode.ENABLED),
            List.of(
                node(true, applied(1), 1, said(0, MemberReport.Health.HEALTHY)),
                node(true, applied(1), 1, said(0, MemberReport.Health.UNHEALTHY))));
    MemberStatus member = status.member(MEMBERS.getFirst());
    assertThat(member.health()).isEqualTo(MemberStatus.Health.UNHEALTHY);
    assertThat(member.activeConnections()).isEqualTo(2);
  }

  @Test
  void whereNodesMoveAddressesThePrimaryDecidesAndConnectionsOfAllAdd() {
    Status.Seen primary =
        node(Role.PRIMARY, true, applied(1), 1, said(0, MemberReport.Health.HEALTHY));
    Status.Seen standby =
        node(Role.BACKUP, true, applied(1), 1, said(0, MemberReport.Health.UNHEALTHY));
    Status status = Status.of(desired(1, MemberMode.ENABLED), List.of(primary, standby));
    assertThat(status.health()).isEqualTo(Health.HEALTHY);
    assertThat(status.member(MEMBERS.getFirst()).activeConnections()).isEqualTo(2);
    assertThat(status.explanation()).isEqualTo("Every live node serves generation 1.");
  }

  @Test
  void whatOnlyTheStandbyHasCheckedIsUnknown() {
    Status status =
        Status.of(
            desired(1, MemberMode.ENABLED),
            List.of(
                node(Role.PRIMARY, true, applied(1), 1),
                node(Role.BACKUP, true, applied(1), 1, said(0, MemberReport.Health.HEALTHY))));
    assertThat(status.health()).isEqualTo(Health.UNKNOWN);
  }

  @Test
  void withoutALivePrimaryTheWorstOffOfTheOthersDecidesAndThatIsSaid() {
    Status.Seen silent =
        node(Role.PRIMARY, false, applied(4), 4, said(0, MemberReport.Health.HEALTHY));
    Status.Seen standby =
        node(Role.BACKUP, true, applied(4), 4, said(0, MemberReport.Health.UNHEALTHY));
    Status status = Status.of(desired(4, MemberMode.ENABLED), List.of(silent, standby));
    assertThat(status.state()).isEqualTo(State.ACTIVE);
    assertThat(status.health()).isEqualTo(Health.UNHEALTHY);
    assertThat(status.explanation())
        .contains("had its addresses when it was last heard of, at " + NOW);
    Status nobody = Status.of(desired(4), List.of(standby, standby));
    assertThat(nobody.explanation()).endsWith("No node says that it has its addresses now.");
  }

  @Test
  void theStandbyIsWaitedForToo() {
    Status status =
        Status.of(
            desired(4),
            List.of(
                node(Role.PRIMARY, true, applied(4), 4), node(Role.BACKUP, true, applied(3), 3)));
    assertThat(status.appliedGeneration()).isEqualTo(3);
    assertThat(status.isSettled(4)).isFalse();
  }

  @Test
  void aListenerWithoutMembersDoesNotReddenOthers() {
    assertThat(Health.ofListeners(List.of(Health.HEALTHY, Health.NO_MEMBERS)))
        .isEqualTo(Health.HEALTHY);
    assertThat(Health.ofListeners(List.of(Health.HEALTHY, Health.DEGRADED, Health.UNHEALTHY)))
        .isEqualTo(Health.UNHEALTHY);
    assertThat(Health.ofListeners(List.of(Health.NO_MEMBERS))).isEqualTo(Health.NO_MEMBERS);
    assertThat(Health.ofListeners(List.of())).isEqualTo(Health.NO_MEMBERS);
  }
}
