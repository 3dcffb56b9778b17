package dev.poise.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Await;
import dev.poise.agent.support.Backend;
import dev.poise.agent.support.Gap;
import dev.poise.agent.support.Http;
import dev.poise.agent.support.Lan;
import dev.poise.agent.support.Specs;
import dev.poise.agent.support.VrrpNode;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Redundancy.Handover;
import dev.poise.spec.RoleReport.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two whole nodes with real keepalived on a network of their own; this machine is the client. */
class VrrpTest {
  private static final int PORT = 8080;
  private static final Duration CRASH = Duration.ofMillis(1500);
  private static final Duration PLANNED = Duration.ofMillis(500);

  private final List<AutoCloseable> open = new ArrayList<>();
  private Lan lan;
  private Backend backend;
  private VrrpNode one;
  private VrrpNode two;
  private Specs specs;

  @RegisterExtension
  final AfterTestExecutionCallback whatHappened =
      context -> {
        if (context.getExecutionException().isEmpty()) return;
        System.out.println("---- the first node\n" + one.log() + "---- the second\n" + two.log());
      };

  @BeforeEach
  void start() throws Exception {
    lan = opened(Lan.make());
    backend = opened(Backend.startAt(lan.here(), 0, "one"));
    one = opened(VrrpNode.on(lan.machine(), lan.here(), 150));
    two = opened(VrrpNode.on(lan.machine(), lan.here(), 100));
    one.peers(two);
    two.peers(one);
    specs = new Specs(lan.address(0)).http(PORT).member(backend);
  }

  private <T extends AutoCloseable> T opened(T thing) {
    open.addLast(thing);
    return thing;
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable thing : open.reversed()) thing.close();
  }

  private void put(LoadBalancerSpec spec) {
    one.server.put(spec);
    two.server.put(spec);
  }

  /** The first node is primary, the second one ready. */
  private void running() throws Exception {
    put(specs.next());
    one.startAgent();
    Await.until("one is primary", () -> isApplied(one) && one.is(Role.PRIMARY));
    two.startAgent();
    Await.until("two is ready", () -> isApplied(two) && two.is(Role.BACKUP));
    Await.until("serves", () -> one.machine.has(specs.vip) && answers());
  }

  private boolean isApplied(VrrpNode node) {
    return node.server.isApplied(specs.id, 1);
  }

  private boolean answers() {
    try {
      return Http.get(specs.vip, PORT).status() == 200;
    } catch (java.io.IOException e) {
      return false;
    }
  }

  private boolean onlyAt(VrrpNode node) throws Exception {
    VrrpNode other = node.equals(one) ? two : one;
    return node.machine.has(specs.vip) && !other.machine.has(specs.vip);
  }

  private void measured(String what, Gap gap, Duration limit) {
    System.out.println(
        "%s: longest gap %d ms, %d failed, %d answered"
            .formatted(what, gap.longest().toMillis(), gap.failed(), gap.answered()));
    assertThat(gap.answered()).isGreaterThan(20);
    assertThat(gap.longest()).isLessThan(limit);
  }

  private Gap watch() throws Exception {
    Gap gap = opened(Gap.watch(specs.vip, PORT));
    Await.until("watched", () -> gap.answered() > 20);
    return gap;
  }

  private void measureAfter(String what, Gap gap, Duration limit) throws Exception {
    long before = gap.answered();
    Await.until("answered again", () -> gap.answered() > before + 50);
    gap.close();
    measured(what, gap, limit);
  }

  @Test
  void oneNodeHasTheAddressesAndSaysSo() throws Exception {
    running();
    assertThat(onlyAt(one)).isTrue();
    assertThat(one.role().why()).isEqualTo("became primary: no other node advertised");
    assertThat(two.role().why()).isEqualTo("ready to take the addresses");
    assertThat(one.role().since()).isBetween(Instant.now().minusSeconds(30), Instant.now());
    assertThat(one.server.last().capabilities().features()).contains("VRRP");
    assertThat(one.server.last().problems()).isEmpty();
    Await.until("tried", () -> one.server.last().appliedRevision() == one.server.revision());
    assertThat(two.machine.run("cat", "/proc/sys/net/ipv4/ip_nonlocal_bind").strip())
        .isEqualTo("1");
  }

  @Test
  void aKilledKeepalivedCostsAMomentAndOneNodeHasTheAddressesAfterwards() throws Exception {
    running();
    Gap gap = watch();
    one.kill("parent", "child");
    Await.within(Duration.ofSeconds(5), "only the other one", () -> onlyAt(two));
    Await.until("ready again", () -> one.is(Role.BACKUP) && two.is(Role.PRIMARY));
    assertThat(two.role().why())
        .isEqualTo("became primary: " + one.machine.address() + " stopped advertising");
    measureAfter("keepalived killed", gap, CRASH);
  }

  @Test
  void aPlannedFailoverHappensOnceAndOnlyOnWhoIsNotNamed() throws Exception {
    running();
    Gap gap = watch();
    Handover toTwo = new Handover(1, List.of(two.server.node));
    one.handover(toTwo);
    two.handover(toTwo);
    Await.until("moved", () -> two.is(Role.PRIMARY) && one.is(Role.BACKUP));
    assertThat(onlyAt(two)).isTrue();
    assertThat(one.role().why()).isEqualTo("gave way: planned failover 1");
    assertThat(two.role().why())
        .isEqualTo("became primary: " + one.machine.address() + " gave way");
    measureAfter("planned failover", gap, PLANNED);
    two.killAgent();
    two.startAgent();
    Await.until("back", () -> two.server.last().role().why().equals(VrrpNode.ADOPTED));
    assertThat(two.is(Role.PRIMARY)).isTrue();
    assertThat(onlyAt(two)).isTrue();
  }

  @Test
  void aDrainedNodeGivesWayAndComesBackWithoutMovingAnything() throws Exception {
    running();
    Gap gap = watch();
    one.drained(true);
    Await.until("moved", () -> two.is(Role.PRIMARY) && one.is(Role.FAULT));
    assertThat(one.role().why()).isEqualTo("drained by an operator");
    one.drained(false);
    Await.until("ready", () -> one.is(Role.BACKUP));
    assertThat(onlyAt(two)).isTrue();
    measureAfter("drained", gap, PLANNED);
  }

  @Test
  void aPulledCableMovesTheAddressesAndAPluggedOneDoesNot() throws Exception {
    running();
    Gap gap = watch();
    one.machine.connected(false);
    Await.until("moved", () -> two.is(Role.PRIMARY));
    assertThat(two.role().why())
        .isEqualTo("became primary: " + one.machine.address() + " stopped advertising");
    measureAfter("cable pulled", gap, CRASH);
    one.machine.connected(true);
    Await.until("ready", () -> one.is(Role.BACKUP));
    assertThat(one.server.reports().stream().map(report -> report.role().why()))
        .contains("interface eth0 is down");
    assertThat(onlyAt(two)).isTrue();
  }

  @Test
  void anAgentThatComesBackAdoptsKeepalivedAndNothingMoves() throws Exception {
    running();
    List<String> before = one.pids();
    Gap gap = watch();
    one.killAgent();
    one.startAgent();
    Await.until("back", () -> one.server.last().role().why().equals(VrrpNode.ADOPTED));
    assertThat(one.is(Role.PRIMARY)).isTrue();
    assertThat(one.pids()).isEqualTo(before);
    IpAddress second = lan.address(1);
    put(new Specs(second).http(PORT).member(backend).next());
    Await.until("takes changes again", () -> one.machine.has(second));
    assertThat(one.machine.has(specs.vip)).isTrue();
    gap.close();
    measured("agent killed", gap, Duration.ofMillis(1));
    assertThat(gap.failed()).isZero();
    assertThat(two.server.reports()).noneMatch(report -> report.role().role() == Role.PRIMARY);
  }

  @Test
  void aKeepalivedThatDiesWhileTheAgentIsAwayIsStartedByTheNextAgent() throws Exception {
    running();
    one.killAgent();
    one.kill("parent", "child");
    Await.until("the other one", () -> two.is(Role.PRIMARY));
    assertThat(one.machine.has(specs.vip)).as("nobody removed them").isTrue();
    one.startAgent();
    Await.until("ready", () -> one.is(Role.BACKUP));
    assertThat(onlyAt(two)).isTrue();
  }

  @Test
  void whoIsAloneServesFromItsDiskAfterAWhile() throws Exception {
    running();
    two.killAgent();
    two.kill("parent", "child");
    one.killAgent();
    one.kill("parent", "child");
    one.machine.run("ip", "addr", "flush", "dev", "eth0", "to", specs.vip + "/32");
    one.server.stop();
    one.startAgent();
    Await.until("not caught up", () -> one.log().contains("has not caught up yet"));
    assertThat(one.machine.has(specs.vip)).isFalse();
    Await.until("serves all the same", () -> one.machine.has(specs.vip) && answers());
  }

  @Test
  void threeHundredAddressesMoveTogetherAndOneMoreHarmsNobody() throws Exception {
    for (int i = 1; i < 300; i++) specs.vip(lan.address(i));
    running();
    Await.until("all", () -> one.machine.foreign() == 300);
    Gap calm = watch();
    IpAddress added = lan.address(301);
    Specs another = new Specs(added).http(PORT).member(backend);
    long begin = System.nanoTime();
    put(another.next());
    Await.until("added", () -> one.machine.has(added));
    System.out.println(
        "one more address: there after %d ms".formatted((System.nanoTime() - begin) / 1_000_000));
    measureAfter("one more address", calm, Duration.ofMillis(1));
    assertThat(calm.failed()).isZero();
    Gap gap = watch();
    one.drained(true);
    Await.until("moved", () -> two.machine.foreign() == 301 && one.machine.foreign() == 0);
    measureAfter("300 addresses drained", gap, CRASH);
    assertThat(two.server.last().problems()).isEmpty();
  }

  @Test
  void aConfigurationThatCannotBeIsAProblemAndTheOldOneStays() throws Exception {
    running();
    one.networkInterface("eth7");
    Await.until("told", () -> one.server.last().problems().toString().contains("eth7"));
    assertThat(onlyAt(one)).isTrue();
    one.networkInterface("eth0");
    Await.until("well again", () -> one.server.last().problems().isEmpty());
    assertThat(one.is(Role.PRIMARY)).isTrue();
  }

  @Test
  void strangersCannotTakeTheAddresses() throws Exception {
    running();
    VrrpNode stranger = opened(VrrpNode.on(lan.machine(), lan.here(), 254));
    stranger.peers(one);
    stranger.startAgent();
    stranger.server.put(specs.next());
    // It does not hear the others, so it thinks it is alone; they do not believe it.
    Await.until("stranger", () -> stranger.is(Role.PRIMARY));
    assertThat(one.is(Role.PRIMARY)).isTrue();
    assertThat(one.machine.has(specs.vip)).isTrue();
    String rules = one.machine.run("nft", "list", "ruleset");
    assertThat(rules).contains("vrrp_guarded").contains("\"eth0\" . " + two.machine.address());
  }

  @Test
  void withoutRedundancyKeepalivedIsStopped() throws Exception {
    running();
    one.withoutRedundancy();
    Await.until("none", () -> one.is(Role.NONE));
    assertThat(one.machine.has(specs.vip)).isFalse();
    Await.until("the other one", () -> two.is(Role.PRIMARY));
    assertThat(onlyAt(two)).isTrue();
  }

  @Test
  void stopAllLeavesNothing() throws Exception {
    running();
    one.killAgent();
    String said = one.stopAll();
    assertThat(said).contains("keepalived stopped");
    assertThat(one.machine.has(specs.vip)).isFalse();
    assertThat(one.machine.processes()).isEmpty();
    Await.until("the other one", () -> two.is(Role.PRIMARY));
  }
}
