package dev.poise.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.render.UdpTarget;
import dev.poise.agent.support.Await;
import dev.poise.agent.support.Loopback;
import dev.poise.agent.support.UdpBackend;
import dev.poise.spec.Datagram;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.HealthCheck.Expected;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberReport.Health;
import dev.poise.spec.PoolId;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProberTest {
  private static final HealthCheck.Timing TIMING = new HealthCheck.Timing(1, 1, 2, 2);
  private static final HealthCheck SILENT = new HealthCheck.Port(TIMING);

  private final LoadBalancerId id = LoadBalancerId.generate(Instant.now());
  private final PoolId pool = PoolId.generate(Instant.now());
  private final Prober.Site site = new Prober.Site("", target -> this.unreachableForClients);
  private volatile boolean unreachableForClients;
  private Prober prober;
  private Thread thread;

  @BeforeEach
  void start() throws Exception {
    prober = new Prober(InstantSource.system());
    thread = Thread.ofPlatform().start(prober);
  }

  @AfterEach
  void stop() throws Exception {
    thread.interrupt();
    thread.join();
    prober.close();
  }

  private UdpTarget target(IpAddress address, int port) {
    return new UdpTarget(pool, MemberId.generate(Instant.now()), address, port);
  }

  private static HealthCheck asking(String hex, Expected expected) {
    return new HealthCheck.Udp(TIMING, new Datagram(hex), expected);
  }

  private ProbeVerdict verdict(UdpTarget target, HealthCheck check) throws Exception {
    prober.watch(id, site, Map.of(target, check), List.of());
    Await.until("a verdict", () -> of(target).health() != Health.UNKNOWN);
    return of(target);
  }

  private ProbeVerdict of(UdpTarget target) {
    ProbeVerdict verdict = prober.verdicts(id).get(target);
    if (verdict == null) throw new AssertionError("not watched: " + target);
    return verdict;
  }

  @Test
  void aPortThatNobodyHasIsDown() throws Exception {
    ProbeVerdict verdict = verdict(target(Loopback.next(), 9), SILENT);
    assertThat(verdict.health()).isEqualTo(Health.UNHEALTHY);
    assertThat(verdict.reason()).isEqualTo("port unreachable");
  }

  @Test
  void silenceIsGoodNews() throws Exception {
    IpAddress address = Loopback.next();
    try (DatagramSocket silent = new DatagramSocket(new InetSocketAddress(address.text(), 0))) {
      ProbeVerdict verdict = verdict(target(address, silent.getLocalPort()), SILENT);
      assertThat(verdict.health()).isEqualTo(Health.HEALTHY);
      assertThat(verdict.reason()).isEqualTo("no error came back");
    }
  }

  @Test
  void silenceIsNotEnoughWhereAnAnswerIsExpected() throws Exception {
    IpAddress address = Loopback.next();
    try (DatagramSocket silent = new DatagramSocket(new InetSocketAddress(address.text(), 0))) {
      UdpTarget target = target(address, silent.getLocalPort());
      ProbeVerdict verdict = verdict(target, asking("", new Expected.AnyAnswer()));
      assertThat(verdict.health()).isEqualTo(Health.UNHEALTHY);
      assertThat(verdict.reason()).isEqualTo("no answer within 1 s");
    }
  }

  @Test
  void theAnswerMustBeginAsExpected() throws Exception {
    try (UdpBackend member = UdpBackend.start("one")) {
      UdpTarget target = target(member.address(), member.port());
      HealthCheck right = asking("3f", new Expected.BeginsWith(new Datagram("6f6e")));
      assertThat(verdict(target, right).health()).isEqualTo(Health.HEALTHY);
      HealthCheck wrong = asking("3f", new Expected.BeginsWith(new Datagram("74")));
      UdpTarget again = target(member.address(), member.port());
      assertThat(verdict(again, wrong).reason()).isEqualTo("the answer does not begin as expected");
      UdpTarget another = target(member.address(), member.port());
      HealthCheck longer = asking("3f", new Expected.BeginsWith(new Datagram("6f6e6520")));
      assertThat(verdict(another, longer).health()).isEqualTo(Health.UNHEALTHY);
    }
  }

  @Test
  void whatClientsWereToldCountsAsWell() throws Exception {
    try (UdpBackend member = UdpBackend.start("one")) {
      unreachableForClients = true;
      UdpTarget target = target(member.address(), member.port());
      assertThat(verdict(target, SILENT).reason())
          .isEqualTo("port unreachable, as it told clients");
    }
  }

  @Test
  void severalResultsInARowChangeAVerdictAndTheFirstDecidesAlone() {
    Instant now = Instant.EPOCH;
    Probe probe = new Probe(target(Loopback.next(), 9), site, SILENT, false, 0, now);
    assertThat(probe.verdict().health()).isEqualTo(Health.UNKNOWN);
    probe.finish(true, "good", 1, now);
    assertThat(probe.verdict().health()).isEqualTo(Health.HEALTHY);
    probe.finish(false, "bad", 1, now);
    probe.finish(true, "good", 1, now);
    probe.finish(false, "bad", 1, now);
    assertThat(probe.verdict().health()).isEqualTo(Health.HEALTHY);
    probe.finish(false, "bad", 1, now.plusSeconds(5));
    assertThat(probe.verdict())
        .isEqualTo(new ProbeVerdict(Health.UNHEALTHY, "bad", now.plusSeconds(5), 1));
    probe.finish(true, "good", 1, now);
    assertThat(probe.verdict().health()).isEqualTo(Health.UNHEALTHY);
    probe.finish(true, "good", 1, now);
    assertThat(probe.verdict().health()).isEqualTo(Health.HEALTHY);
  }

  @Test
  void whatIsKnownStandsUntilAVerdict() throws Exception {
    UdpTarget target = target(Loopback.next(), 9);
    prober.watch(id, site, Map.of(target, SILENT), List.of(target));
    assertThat(of(target).health()).isEqualTo(Health.HEALTHY);
    Await.until("down", () -> of(target).health() == Health.UNHEALTHY);
  }

  @Test
  void fiveThousandMembersAreCheckedByOneThread() throws Exception {
    try (UdpBackend member = UdpBackend.start("one")) {
      Map<UdpTarget, HealthCheck> many = new HashMap<>();
      for (int i = 0; i < 5000; i++) {
        many.put(target(member.address(), i % 2 == 0 ? member.port() : 9), SILENT);
      }
      prober.watch(id, site, many, List.of());
      Await.until(
          "all have their verdict",
          () ->
              prober.verdicts(id).entrySet().stream()
                  .allMatch(each ->
                      each.getValue().health()
                          == (each.getKey().port() == 9 ? Health.UNHEALTHY : Health.HEALTHY)));
      prober.watch(id, site, Map.of(), List.of());
      assertThat(prober.verdicts(id)).isEmpty();
    }
  }
}
