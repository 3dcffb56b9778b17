package dev.poise.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.poise.agent.support.AddressWatch;
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
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
    assumeThat(System.getProperty("user.name")).as("namespaces need root").isEqualTo("root");
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
    eventually("one is primary", () -> isApplied(one) && one.is(Role.PRIMARY));
    two.startAgent();
    eventually("two is ready", () -> isApplied(two) && two.is(Role.BACKUP));
    eventually("serves", () -> one.machine.has(specs.vip) && answers());
  }

  /** Six processes of two nodes start here, on a machine that may have other things to do. */
  private static void eventually(String description, Callable<Boolean> condition) throws Exception {
    Await.within(Duration.ofSeconds(60), description, condition);
  }

  private boolean isApplied(VrrpNode node) {
    return node.server.isApplied(specs.id, 1);
  }

  private boolean answers() {
    try {
      return Http.get(specs.vip, PORT).status() == 200;
    } catch (IOException e) {
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
    eventually("watched", () -> gap.answered() > 20);
    return gap;
  }

  private void measureAfter(String what, Gap gap, Duration limit) throws Exception {
    long before = gap.answered();
    eventually("answered again", () -> gap.answered() > before + 50);
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
    eventually("tried", () -> one.server.last().appliedRevision() == one.server.revision());
    assertThat(two.machine.run("cat", "/proc/sys/net/ipv4/ip_nonlocal_bind").strip())
        .isEqualTo("1");
  }

  @Test
  void aKilledKeepalivedCostsAMomentAndOneNodeHasTheAddressesAfterwards() throws Exception {
    running();
    Gap gap = watch();
    one.kill("parent", "child");
    eventually("only the other one", () -> onlyAt(two));
    eventually("ready again", () -> one.is(Role.BACKUP) && two.is(Role.PRIMARY));
    // A child that notices the end of its parent before its own has time to give way.
    assertThat(two.role().why())
        .startsWith("became primary: " + one.machine.address())
        .matches(".*( stopped advertising| gave way)");
    measureAfter("keepalived killed", gap, CRASH);
  }

  @Test
  void aPlannedFailoverHappensOnceAndOnlyOnWhoIsNotNamed() throws Exception {
    running();
    Gap gap = watch();
    Handover toTwo = new Handover(1, List.of(two.server.node));
    one.handover(toTwo);
    two.handover(toTwo);
    eventually("moved", () -> two.is(Role.PRIMARY) && one.is(Role.BACKUP));
    assertThat(onlyAt(two)).isTrue();
    assertThat(one.role().why()).isEqualTo("gave way: planned failover 1");
    assertThat(two.role().why())
        .isEqualTo("became primary: " + one.machine.address() + " gave way");
    measureAfter("planned failover", gap, PLANNED);
    two.killAgent();
    two.startAgent();
    eventually("back", () -> two.server.last().role().why().equals(VrrpNode.ADOPTED));
    assertThat(two.is(Role.PRIMARY)).isTrue();
    assertThat(onlyAt(two)).isTrue();
  }

  @Test
  void aDrainedNodeGivesWayAndComesBackWithoutMovingAnything() throws Exception {
    running();
    Gap gap = watch();
    one.drained(true);
    eventually("moved", () -> two.is(Role.PRIMARY) && one.is(Role.FAULT));
    assertThat(one.role().why()).isEqualTo("drained by an operator");
    one.drained(false);
    eventually("ready", () -> one.is(Role.BACKUP));
    assertThat(onlyAt(two)).isTrue();
    measureAfter("drained", gap, PLANNED);
  }

  @Test
  void aPulledCableMovesTheAddressesAndAPluggedOneDoesNot() throws Exception {
    running();
    Gap gap = watch();
    one.machine.connected(false);
    eventually("moved", () -> two.is(Role.PRIMARY));
    assertThat(two.role().why())
        .isEqualTo("became primary: " + one.machine.address() + " stopped advertising");
    measureAfter("cable pulled", gap, CRASH);
    one.machine.connected(true);
    eventually("ready", () -> one.is(Role.BACKUP));
    assertThat(one.server.reports().stream().map(report -> report.role().why()))
        .contains("interface eth0 is down");
    assertThat(onlyAt(two)).isTrue();
  }

  @Test
  void anAgentThatComesBackAdoptsKeepalivedAndNothingMoves() throws Exception {
    running();
    List<String> before = one.pids();
    Gap gap = watch();
    AddressWatch kept = opened(one.watchAddresses());
    one.killAgent();
    one.startAgent();
    eventually("back", () -> one.server.last().role().why().equals(VrrpNode.ADOPTED));
    assertThat(one.is(Role.PRIMARY)).isTrue();
    assertThat(one.pids()).isEqualTo(before);
    IpAddress second = lan.address(1);
    put(new Specs(second).http(PORT).member(backend).next());
    eventually("takes changes again", () -> one.machine.has(second));
    assertThat(one.machine.has(specs.vip)).isTrue();
    gap.close();
    measured("agent killed", gap, CRASH);
    assertThat(kept.removed()).isEmpty();
    assertThat(two.server.reports()).noneMatch(report -> report.role().role() == Role.PRIMARY);
  }

  @Test
  void aKeepalivedThatDiesWhileTheAgentIsAwayIsStartedByTheNextAgent() throws Exception {
    running();
    one.killAgent();
    one.kill("parent", "child");
    eventually("the other one", () -> two.is(Role.PRIMARY));
    assertThat(one.machine.has(specs.vip)).as("nobody removed them").isTrue();
    one.startAgent();
    eventually("ready", () -> one.is(Role.BACKUP));
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
    eventually("not caught up", () -> one.log().contains("has not caught up yet"));
    assertThat(one.machine.has(specs.vip)).isFalse();
    eventually("serves all the same", () -> one.machine.has(specs.vip) && answers());
  }

  @Test
  void threeHundredAddressesMoveTogetherAndOneMoreHarmsNobody() throws Exception {
    for (int i = 1; i < 300; i++) specs.vip(lan.address(i));
    running();
    eventually("all", () -> one.machine.foreign() == 300);
    Gap calm = watch();
    AddressWatch kept = opened(one.watchAddresses());
    IpAddress added = lan.address(301);
    Specs another = new Specs(added).http(PORT).member(backend);
    long begin = System.nanoTime();
    put(another.next());
    eventually("added", () -> one.machine.has(added));
    System.out.println(
        "one more address: there after %d ms".formatted((System.nanoTime() - begin) / 1_000_000));
    measureAfter("one more address", calm, CRASH);
    assertThat(kept.removed()).isEmpty();
    Gap gap = watch();
    one.drained(true);
    eventually("moved", () -> two.machine.foreign() == 301 && one.machine.foreign() == 0);
    measureAfter("300 addresses drained", gap, CRASH);
    assertThat(two.server.last().problems()).isEmpty();
  }

  @Test
  void aConfigurationThatCannotBeIsAProblemAndTheOldOneStays() throws Exception {
    running();
    one.networkInterface("eth7");
    eventually("told", () -> one.server.last().problems().toString().contains("eth7"));
    assertThat(onlyAt(one)).isTrue();
    one.networkInterface("eth0");
    eventually("well again", () -> one.server.last().problems().isEmpty());
    assertThat(one.is(Role.PRIMARY)).isTrue();
  }

  @Test
  void strangersAreNotEvenHeard() throws Exception {
    running();
    VrrpNode stranger = opened(VrrpNode.on(lan.machine(), lan.here(), 254));
    stranger.peers(one);
    String from = "ip protocol 112 ip saddr " + stranger.machine.address() + " counter";
    for (String when : List.of("-310", "-290")) {
      one.machine.run("nft", "add", "table", "ip", "at" + when);
      String chain = "{ type filter hook prerouting priority " + when + "; }";
      one.machine.run("nft", "add", "chain", "ip", "at" + when, "prerouting", chain);
      one.machine.run("nft", "add", "rule", "ip", "at" + when, "prerouting", from);
    }
    stranger.startAgent();
    stranger.server.put(specs.next());
    // It does not hear the others, so it thinks it is alone, and says so.
    eventually("stranger", () -> stranger.is(Role.PRIMARY) && packets("at-310") > 5);
    assertThat(packets("at-290")).isZero();
    assertThat(one.is(Role.PRIMARY)).isTrue();
    assertThat(one.machine.has(specs.vip)).isTrue();
    assertThat(two.is(Role.BACKUP)).isTrue();
  }

  private long packets(String table) throws Exception {
    String rules = one.machine.run("nft", "list", "table", "ip", table);
    return Long.parseLong(rules.replaceFirst("(?s).*counter packets (\\d+) .*", "$1"));
  }

  @Test
  void withoutRedundancyKeepalivedIsStopped() throws Exception {
    running();
    one.withoutRedundancy();
    eventually("none", () -> one.is(Role.NONE));
    assertThat(one.machine.has(specs.vip)).isFalse();
    eventually("the other one", () -> two.is(Role.PRIMARY));
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
    eventually("the other one", () -> two.is(Role.PRIMARY));
  }
}
