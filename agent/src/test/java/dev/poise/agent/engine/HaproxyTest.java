package dev.poise.agent.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.poise.agent.ledger.Bundles;
import dev.poise.agent.render.HaproxyConfig;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.support.Await;
import dev.poise.agent.support.Backend;
import dev.poise.agent.support.Http;
import dev.poise.agent.support.Load;
import dev.poise.agent.support.Loopback;
import dev.poise.agent.support.Scratch;
import dev.poise.agent.support.Specs;
import dev.poise.spec.Algorithm;
import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberMode;
import dev.poise.spec.Protocol;
import dev.poise.spec.ProxyProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HaproxyTest {
  private static final int PORT = 8080;

  private Scratch scratch;
  private Specs specs;
  private Haproxy haproxy;
  private Backend one;
  private Backend two;

  @BeforeEach
  void start() throws Exception {
    scratch = Scratch.create();
    one = Backend.start("one");
    two = Backend.start("two");
    specs = new Specs().http(PORT).member(one).member(two);
    haproxy = engine();
  }

  @AfterEach
  void stop() throws Exception {
    haproxy.release();
    scratch.close();
    one.close();
    two.close();
  }

  private Haproxy engine() throws IOException {
    return engine(scratch.settings(), 32);
  }

  private Haproxy engine(NodeSettings settings, int drainingLimit) throws IOException {
    return new Haproxy(
        specs.id,
        settings,
        new HaproxyBinary("haproxy"),
        Bundles.open(settings.dataDirectory()),
        drainingLimit,
        InstantSource.system());
  }

  private void applied() throws Exception {
    assertThat(haproxy.apply(specs.digested())).isEqualTo(new Applied.Done());
  }

  private void proven() throws Exception {
    Await.until(
        "all members were checked",
        () -> {
          haproxy.read();
          return !haproxy.hasUnproven();
        });
  }

  private long pid() throws IOException {
    return haproxy.read().live().orElseThrow().counters().process().pid();
  }

  private Set<String> answers(int requests) throws IOException {
    Set<String> bodies = new TreeSet<>();
    for (int i = 0; i < requests; i++) bodies.add(Http.get(specs.vip, PORT).body());
    return bodies;
  }

  @Test
  void servesWhatItIsToldAndSaysSo() throws Exception {
    applied();
    proven();
    assertThat(answers(4)).containsExactly("one", "two");
    assertThat(haproxy.read().live().orElseThrow().generation()).isEqualTo(1);
  }

  @Test
  void replacesAForgedClientAddress() throws Exception {
    applied();
    proven();
    try (Http http = new Http(specs.vip, PORT)) {
      http.get("X-Forwarded-For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nX_Real_IP: 6.6.6.6\r\n");
    }
    String headers = one.lastHeaders() + two.lastHeaders();
    assertThat(headers).contains("X-forwarded-for=[127.").doesNotContain("6.6.6.6");
  }

  @Test
  void aNewMemberIsUsedAsSoonAsItsFirstCheckPassed() throws Exception {
    specs.portCheck(60, 3, 3);
    applied();
    Await.within(
        Duration.ofSeconds(2),
        "served although three checks would take minutes",
        () -> {
          haproxy.read();
          return Http.get(specs.vip, PORT).status() == 200;
        });
  }

  @Test
  void reloadsUnderLoadWithoutAFailedRequest() throws Exception {
    applied();
    proven();
    try (Load load = Load.start(8, specs.vip, PORT)) {
      for (int i = 0; i < 10; i++) {
        int before = load.answered();
        specs.http(9000 + i);
        applied();
        haproxy.read();
        Await.until("traffic goes on", () -> load.answered() > before + 50);
      }
      assertThat(load.failures()).isEmpty();
    }
    assertThat(one.requests() + two.requests()).isGreaterThan(500);
  }

  @Test
  void changesWeightsAndDrainsAndDisablesWithoutAnotherProcess() throws Exception {
    applied();
    proven();
    long pid = pid();

    specs.weight(0, 0);
    applied();
    assertThat(answers(6)).containsExactly("two");

    specs.weight(0, 3).mode(1, MemberMode.DRAINING);
    applied();
    assertThat(answers(6)).containsExactly("one");

    specs.mode(1, MemberMode.DISABLED);
    applied();
    assertThat(answers(6)).containsExactly("one");
    assertThat(pid()).isEqualTo(pid);
    assertThat(haproxy.read().live().orElseThrow().generation()).isEqualTo(4);
  }

  @Test
  void aChangeInPlaceIsInTheFileAProcessStartsFrom() throws Exception {
    applied();
    proven();
    specs.weight(0, 0).mode(1, MemberMode.DRAINING);
    applied();
    killLive();
    assertThat(haproxy.keepLastGood()).isEqualTo(new Applied.Done());
    assertThat(haproxy.read().live().orElseThrow().generation()).isEqualTo(2);
    assertThat(Http.get(specs.vip, PORT).status()).isEqualTo(503);
    assertThat(one.requests() + two.requests()).isZero();
  }

  private void killLive() throws Exception {
    ProcessIdentity process = haproxy.read().live().orElseThrow().counters().process();
    ProcessTable.signal(process, ProcessTable.Signal.KILL);
    assertThat(ProcessTable.awaitEnd(process, Duration.ofSeconds(2))).isTrue();
    assertThat(haproxy.hasDied()).isTrue();
  }

  @Test
  void anEnabledMemberThatIsDeadGetsNoTraffic() throws Exception {
    IpAddress nobody = Loopback.next();
    specs.member(nobody, 9).mode(2, MemberMode.DISABLED);
    applied();
    proven();
    specs.mode(2, MemberMode.ENABLED);
    try (Load load = Load.start(4, specs.vip, PORT)) {
      applied();
      int before = load.answered();
      proven();
      Await.until("traffic goes on", () -> load.answered() > before + 200);
      assertThat(load.failures()).isEmpty();
    }
  }

  @Test
  void anEnabledMemberGetsTrafficOnlyAfterACheck() throws Exception {
    specs.httpCheck("/check").mode(1, MemberMode.DISABLED);
    applied();
    proven();
    two.checkStatus(500);
    specs.mode(1, MemberMode.ENABLED);
    applied();
    assertThat(answers(10)).containsExactly("one");
    proven();
    assertThat(answers(10)).containsExactly("one");
    two.checkStatus(200);
    Await.until("two is back", () -> answers(2).contains("two"));
  }

  @Test
  void aMemberThatIsDownStaysDownOverAReload() throws Exception {
    specs.httpCheck("/check");
    two.checkStatus(503);
    applied();
    proven();
    specs.http(PORT + 1);
    applied();
    int before = two.requests();
    assertThat(answers(10)).containsExactly("one");
    assertThat(two.requests()).isEqualTo(before);
  }

  @Test
  void aNewListenerStartsWithWhatIsKnownOfThePool() throws Exception {
    specs.portCheck(60, 3, 3);
    applied();
    proven();
    specs.http(PORT + 1);
    applied();
    assertThat(haproxy.hasUnproven()).isFalse();
    assertThat(Http.get(specs.vip, PORT + 1).status()).isEqualTo(200);
  }

  @Test
  void adoptsWhatRunsAndReloadsNothing() throws Exception {
    var first = specs.digested();
    assertThat(haproxy.apply(first)).isEqualTo(new Applied.Done());
    proven();
    long pid = pid();
    haproxy.release();

    haproxy = engine();
    haproxy.adopt(scratch.processes());
    assertThat(haproxy.apply(first)).isEqualTo(new Applied.Done());
    assertThat(pid()).isEqualTo(pid);
    assertThat(scratch.processes()).hasSize(1);
    specs.weight(0, 5);
    applied();
    assertThat(pid()).isEqualTo(pid);
  }

  /** The agent ends between the start of a process and the note that it started. */
  @Test
  void adoptsWhatStartedWhenTheLastAgentEnded() throws Exception {
    Path noted = scratch.settings().directoryOf(specs.id).resolve("current");
    applied();
    Path before = noted.resolveSibling("gen-1-before");
    copy(noted.toRealPath(), before);
    specs.http(PORT + 1);
    var serving = specs.digested();
    assertThat(haproxy.apply(serving)).isEqualTo(new Applied.Done());
    proven();
    long pid = pid();
    haproxy.release();
    Files.delete(noted);
    Files.createSymbolicLink(noted, before.getFileName());

    haproxy = engine();
    haproxy.adopt(scratch.processes());
    assertThat(haproxy.lastGood()).contains(serving);
    assertThat(haproxy.apply(serving)).isEqualTo(new Applied.Done());
    assertThat(pid()).isEqualTo(pid);
    specs.weight(0, 5);
    applied();
    assertThat(pid()).isEqualTo(pid);
  }

  private static void copy(Path directory, Path there) throws IOException {
    Files.createDirectory(there);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) Files.copy(file, there.resolve(file.getFileName()));
    }
  }

  /** The agent ends when a part of a change was made, and the process says what it said before. */
  @Test
  void whatIsHalfChangedIsStartedAnew() throws Exception {
    Path noted = scratch.settings().directoryOf(specs.id).resolve("current");
    var first = specs.digested();
    assertThat(haproxy.apply(first)).isEqualTo(new Applied.Done());
    proven();
    long pid = pid();
    Path started = noted.toRealPath();
    Path kept = scratch.directory().resolve("kept");
    copy(started, kept);
    specs.weight(0, 5);
    var second = specs.digested();
    assertThat(haproxy.apply(second)).isEqualTo(new Applied.Done());
    assertThat(pid()).isEqualTo(pid);
    haproxy.release();
    copy(kept, started);
    try (var admin = AdminConnection.open(scratch.settings().socketOf(specs.id))) {
      admin.ask("experimental-mode on");
      admin.order("set var " + HaproxyConfig.GENERATION_VARIABLE + " int(1)");
      admin.order("set var " + HaproxyConfig.DIGEST_VARIABLE + " str(" + first.digest() + ")");
    }

    haproxy = engine();
    haproxy.adopt(scratch.processes());
    assertThat(haproxy.lastGood()).contains(second);
    assertThat(haproxy.apply(second)).isEqualTo(new Applied.Done());
    assertThat(pid()).isNotEqualTo(pid);
  }

  /** The file a process was started from says less than the one it was brought to. */
  @Test
  void adoptsWhatWasChangedInPlaceAsItIsNow() throws Exception {
    applied();
    proven();
    specs.weight(0, 5);
    var serving = specs.digested();
    assertThat(haproxy.apply(serving)).isEqualTo(new Applied.Done());
    long pid = pid();
    haproxy.release();

    haproxy = engine();
    haproxy.adopt(scratch.processes());
    assertThat(haproxy.lastGood()).contains(serving);
    assertThat(haproxy.apply(serving)).isEqualTo(new Applied.Done());
    assertThat(pid()).isEqualTo(pid);
  }

  @Test
  void aRefusedConfigurationLeavesTheOldOneServing() throws Exception {
    applied();
    proven();
    long pid = pid();
    specs.weight(0, 300);
    assertThat(haproxy.apply(specs.digested()))
        .isInstanceOfSatisfying(
            Applied.Refused.class,
            refused -> assertThat(refused.why()).contains("300").doesNotContain("/tmp"));
    assertThat(answers(4)).containsExactly("one", "two");
    assertThat(pid()).isEqualTo(pid);
    assertThat(haproxy.read().live().orElseThrow().generation()).isEqualTo(1);
  }

  @Test
  void aTakenPortLeavesTheOldConfigurationServingAndHeals() throws Exception {
    applied();
    proven();
    specs.http(PORT + 1);
    var wanted = specs.digested();
    InetAddress address = InetAddress.getByName(specs.vip.text());
    try (ServerSocket taken = new ServerSocket(PORT + 1, 10, address)) {
      assertThat(taken.isBound()).isTrue();
      assertThat(haproxy.apply(wanted))
          .isInstanceOfSatisfying(
              Applied.Refused.class,
              refused ->
                  assertThat(refused.why())
                      .contains("Address already in use", specs.vip + ":" + (PORT + 1))
                      .doesNotContain("/tmp"));
      assertThat(answers(4)).containsExactly("one", "two");
    }
    assertThat(haproxy.apply(wanted)).isEqualTo(new Applied.Done());
    assertThat(Http.get(specs.vip, PORT + 1).status()).isEqualTo(200);
  }

  @Test
  void aColdStartOnATakenPortHealsToo() throws Exception {
    var wanted = specs.digested();
    InetAddress address = InetAddress.getByName(specs.vip.text());
    try (ServerSocket taken = new ServerSocket(PORT, 10, address)) {
      assertThat(taken.isBound()).isTrue();
      assertThat(haproxy.apply(wanted)).isInstanceOf(Applied.Refused.class);
      assertThat(scratch.processes()).isEmpty();
    }
    assertThat(haproxy.apply(wanted)).isEqualTo(new Applied.Done());
  }

  @Test
  void whenTheNewestIsRefusedAndNothingRunsTheLastGoodOneIsStarted() throws Exception {
    applied();
    proven();
    killLive();
    specs.weight(0, 300);
    assertThat(haproxy.apply(specs.digested())).isInstanceOf(Applied.Refused.class);
    assertThat(haproxy.read().live().orElseThrow().generation()).isEqualTo(1);
    assertThat(answers(4)).containsExactly("one", "two");
  }

  @Test
  void aProcessThatHangsIsReplaced() throws Exception {
    applied();
    proven();
    ProcessIdentity hung = haproxy.read().live().orElseThrow().counters().process();
    assertThat(new ProcessBuilder("/bin/sh", "-c", "kill -STOP " + hung.pid()).start().waitFor())
        .isZero();
    specs.http(PORT + 1);
    applied();
    assertThat(ProcessTable.isAlive(hung)).isFalse();
    assertThat(Http.get(specs.vip, PORT + 1).status()).isEqualTo(200);
  }

  @Test
  void aLongConnectionLivesThroughFortyReloads() throws Exception {
    specs.withoutListeners().tcp(PORT);
    applied();
    proven();
    try (Socket client = new Socket(specs.vip.text(), PORT)) {
      client.setSoTimeout(5000);
      client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
      assertThat(client.getInputStream().read()).isEqualTo('H');
      for (int i = 0; i < 40; i++) {
        specs.tcp(9000 + i);
        var wanted = specs.digested();
        Await.until(
            "reload " + i,
            () -> {
              haproxy.read();
              return haproxy.apply(wanted) instanceof Applied.Done;
            });
      }
      client.getInputStream().skipNBytes(client.getInputStream().available());
      client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
      assertThat(client.getInputStream().read()).isEqualTo('H');
    }
    Await.until(
        "replaced processes end",
        () -> {
          haproxy.read();
          return scratch.processes().size() == 1 && haproxy.drainingCount() == 0;
        });
  }

  @Test
  void whatADrainingProcessServesIsSeenAfterARestartOfTheAgentToo() throws Exception {
    specs.withoutListeners().tcp(PORT);
    applied();
    proven();
    Await.until("served", () -> Http.get(specs.vip, PORT).status() == 200);
    try (Socket client = new Socket(specs.vip.text(), PORT)) {
      client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
      assertThat(client.getInputStream().read()).isEqualTo('H');
      specs.tcp(PORT + 1);
      applied();
      haproxy.release();
      haproxy = engine();
      haproxy.adopt(scratch.processes());
      assertThat(openTo(one) + openTo(two)).isEqualTo(1);
    }
    Await.until("ended", () -> openTo(one) + openTo(two) == 0);
  }

  private long openTo(Backend member) throws IOException {
    String destination = member.address() + ":" + member.port();
    return haproxy.read().unaskedConnections().getOrDefault(destination, 0L);
  }

  @ParameterizedTest
  @EnumSource(Algorithm.class)
  void whatDrainsOrWeighsNothingGetsNothingAfterAColdStart(Algorithm algorithm) throws Exception {
    try (Backend three = Backend.start("three")) {
      specs.algorithm(algorithm).member(three).mode(0, MemberMode.DRAINING).weight(1, 0);
      applied();
      proven();
      assertThat(answers(10)).containsExactly("three");
      specs.mode(0, MemberMode.ENABLED).mode(2, MemberMode.DISABLED);
      applied();
      assertThat(answers(10)).containsExactly("one");
    }
  }

  @Test
  void theSameClientReachesTheSameMember() throws Exception {
    specs.algorithm(Algorithm.SOURCE_IP);
    applied();
    proven();
    assertThat(answers(20)).hasSize(1);
  }

  @Test
  void theConnectionAboveTheLimitIsRefusedNotQueued() throws Exception {
    specs
        .withoutListeners()
        .listener(PORT, new Protocol.Tcp(60, ProxyProtocol.NONE), new ConnectionLimit.AtMost(2));
    applied();
    proven();
    try (Socket first = new Socket(specs.vip.text(), PORT);
        Socket second = new Socket(specs.vip.text(), PORT)) {
      Await.until("both are open", () -> frontend().current() == 2);
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      assertThatThrownBy(() -> Http.get(specs.vip, PORT)).isInstanceOf(IOException.class);
      assertThat(frontend().refused()).isEqualTo(1);
    }
    Await.until("served again", () -> isServed());
  }

  private Statistics.Frontend frontend() throws IOException {
    return haproxy.read().live().orElseThrow().counters().statistics().frontends().getFirst();
  }

  private boolean isServed() {
    try {
      return Http.get(specs.vip, PORT).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void reloadsAreSpacedOutWhileManyProcessesDrain() throws Exception {
    specs.withoutListeners().tcp(PORT);
    applied();
    proven();
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        Socket client = new Socket(specs.vip.text(), PORT);
        clients.add(client);
        Await.until("open", () -> frontend().current() > 0);
        specs.tcp(9000 + i);
        applied();
      }
      specs.tcp(9100);
      assertThat(haproxy.apply(specs.digested()))
          .isInstanceOfSatisfying(
              Applied.Later.class,
              later -> assertThat(later.pause()).isLessThanOrEqualTo(Duration.ofSeconds(1)));
    } finally {
      for (Socket client : clients) client.close();
    }
  }

  @Test
  void aboveTheLimitTheOldestDrainingProcessIsEnded() throws Exception {
    haproxy = engine(scratch.settings(), 1);
    specs.withoutListeners().tcp(PORT);
    applied();
    proven();
    try (Socket oldest = new Socket(specs.vip.text(), PORT)) {
      Await.until("open", () -> frontend().current() == 1);
      specs.tcp(PORT + 1);
      applied();
      try (Socket newer = new Socket(specs.vip.text(), PORT)) {
        Await.until("open", () -> frontend().current() == 1);
        specs.tcp(PORT + 2);
        applied();
        oldest.setSoTimeout(5000);
        assertThat(oldest.getInputStream().read()).isEqualTo(-1);
        haproxy.read();
        assertThat(haproxy.drainingCount()).isEqualTo(1);
        assertThat(newer.isConnected()).isTrue();
      }
    }
  }

  @Test
  void processesOfRootDropTheirPrivileges() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can");
    NodeSettings dropping =
        new NodeSettings(
            scratch.settings().dataDirectory(),
            scratch.settings().runDirectory(),
            1,
            100,
            60,
            new NodeSettings.Privileges.Dropped("haproxy", "haproxy"),
            "edge");
    haproxy = engine(dropping, 32);
    applied();
    proven();
    assertThat(Files.readString(Path.of("/proc/" + pid() + "/status")))
        .containsPattern("CapEff:\\s+0000000000000000")
        .doesNotContainPattern("Uid:\\s+0");
    specs.http(PORT + 1);
    applied();
    assertThat(Http.get(specs.vip, PORT + 1).status()).isEqualTo(200);
  }

  @Test
  void aCheckNamesTheMemberAsHost() throws Exception {
    specs.httpCheck("/check?a&b");
    applied();
    proven();
    assertThat(one.lastCheckedHost()).isEqualTo(one.address() + ":" + one.port());
  }

  @Test
  void servingNothingNeedsNoProcess() throws Exception {
    applied();
    proven();
    specs.withoutListeners();
    applied();
    assertThat(haproxy.read().live()).isEmpty();
    Await.until("ended", () -> haproxy.read() != null && scratch.processes().isEmpty());
    assertThat(haproxy.keepLastGood()).isEqualTo(new Applied.Done());
    assertThat(haproxy.isRunning()).isFalse();
  }

  @Test
  void whatIsRemovedLeavesNothing() throws Exception {
    applied();
    proven();
    haproxy.remove();
    assertThat(scratch.processes()).isEmpty();
    assertThat(scratch.settings().directoryOf(specs.id)).doesNotExist();
    assertThat(scratch.settings().socketOf(specs.id)).doesNotExist();
  }
}
