package dev.poise.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.render.NodeRules;
import dev.poise.agent.support.AgentFile;
import dev.poise.agent.support.Await;
import dev.poise.agent.support.Backend;
import dev.poise.agent.support.Command;
import dev.poise.agent.support.Http;
import dev.poise.agent.support.Specs;
import dev.poise.agent.support.UdpBackend;
import dev.poise.agent.support.UdpClient;
import dev.poise.spec.ListenerReport;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberReport.Health;
import dev.poise.spec.Outcome;
import dev.poise.spec.Serving;
import dev.poise.spec.VipReport;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole agent, the kernel of this machine, a server that remembers what it was told. */
class UdpNodeTest extends AgentUnderTest {
  private static final int PORT = 5353;

  private UdpBackend one;
  private UdpBackend two;
  private Specs specs;
  private @Nullable Process process;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void prepare() throws Exception {
    one = UdpBackend.start("one");
    two = UdpBackend.start("two");
    specs =
        new Specs()
            .udp(PORT, 60)
            .portCheck(1, 1, 1)
            .member(one.address(), one.port())
            .member(two.address(), two.port());
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened) each.close();
    Process agent = process;
    if (agent != null) agent.destroyForcibly().waitFor();
    one.close();
    two.close();
  }

  private UdpClient client() throws Exception {
    UdpClient client = UdpClient.to(specs.vip, PORT);
    opened.add(client);
    return client;
  }

  private ListenerReport listener() {
    return server.of(specs.id).listeners().getFirst();
  }

  private String tables() throws Exception {
    return Command.run(scratch.directory(), List.of("nft", "list", "tables")).output();
  }

  @Test
  void servesUdpWithoutAProcessAndReportsIt() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    healthy(specs.id);
    assertThat(server.last().capabilities().protocols()).contains("UDP", "TCP");
    assertThat(server.last().capabilities().versions()).containsKeys("nft", "conntrack");
    assertThat(scratch.processes()).isEmpty();
    for (int i = 0; i < 6; i++) assertThat(client().ask()).isIn("one", "two");
    Await.until(
        "counted", () -> listener().connections() == 6 && listener().activeConnections() == 6);
    LoadBalancerReport report = server.of(specs.id);
    assertThat(report.serving()).isEqualTo(new Serving.InKernel(1));
    assertThat(report.vips()).containsExactly(new VipReport(specs.vip, 6, 6 * 29, 6, 6 * 31));
    assertThat(listener().receivedPackets()).isEqualTo(6);
    assertThat(listener().transmittedBytes()).isEqualTo(6 * 31);
    assertThat(report.members())
        .allSatisfy(member -> {
          assertThat(member.activeConnections()).isEqualTo(3);
          assertThat(member.connections()).isEqualTo(3);
          assertThat(member.reason()).isEqualTo("no error came back");
        });
  }

  @Test
  void tcpAndUdpListenersOfOneLoadBalancerAreServedTogether() throws Exception {
    try (Backend http = Backend.startAt(one.address(), one.port(), "http")) {
      startAgent();
      server.put(specs.without(1).tcp(PORT).next());
      applied(specs.id, 1);
      healthy(specs.id);
      assertThat(server.of(specs.id).serving()).isInstanceOf(Serving.Running.class);
      UdpClient client = client();
      Await.until("the check by a datagram passed as well", () -> client.ask().equals("one"));
      assertThat(Http.get(specs.vip, PORT).body()).isEqualTo("http");
      Await.until(
          "both are counted",
          () ->
              server.of(specs.id).listeners().stream()
                  .allMatch(each -> each.receivedPackets() > 0 && each.connections() > 0));
      assertThat(http.requests()).isEqualTo(1);
    }
  }

  @Test
  void whatOnePartRefusesLeavesTheOldOfBoth() throws Exception {
    startAgent();
    try (Backend taken = Backend.startAt(specs.vip, 8080, "taken")) {
      server.put(specs.next());
      applied(specs.id, 1);
      healthy(specs.id);
      server.put(specs.mode(0, MemberMode.DISABLED).tcp(8080).next());
      Await.until("refused", () -> server.of(specs.id).outcome() instanceof Outcome.Refused);
      assertThat(server.of(specs.id).serving()).isEqualTo(new Serving.InKernel(1));
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) answers.add(client().ask());
      assertThat(answers).contains("one", "two");
      assertThat(Http.get(specs.vip, 8080).body()).isEqualTo("taken");
      assertThat(taken.requests()).isEqualTo(1);
    }
    applied(specs.id, 2);
    assertThat(client().ask()).isEqualTo("two");
  }

  @Test
  void aMemberThatEndsIsReportedAndItsClientsAreServedByOthers() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    healthy(specs.id);
    UdpClient a = client();
    UdpClient b = client();
    assertThat(List.of(a.ask(), b.ask())).containsExactlyInAnyOrder("one", "two");
    one.close();
    Await.until(
        "down", () -> server.of(specs.id).members().getFirst().health() == Health.UNHEALTHY);
    assertThat(server.of(specs.id).members().getFirst().reason()).isEqualTo("port unreachable");
    Await.until("both are served", () -> a.ask().equals("two") && b.ask().equals("two"));
  }

  @Test
  void aNodeThatMayNotProgramTheKernelSaysSoAndServesTheRest() throws Exception {
    nft = withoutTheRight("nft");
    startAgent();
    server.put(specs.next());
    Await.until(
        "refused",
        () ->
            server.knows(specs.id)
                && server.of(specs.id).outcome() instanceof Outcome.Refused refused
                && refused.why().contains("Operation not permitted"));
    assertThat(server.last().capabilities().protocols()).contains("TCP").doesNotContain("UDP");
    assertThat(server.last().capabilities().missing().get("UDP"))
        .isEqualTo("nft: Operation not permitted");
    try (Backend backend = Backend.start("http")) {
      Specs other = new Specs().http(8080).member(backend);
      server.put(other.next());
      applied(other.id, 1);
      healthy(other.id);
      assertThat(Http.get(other.vip, 8080).body()).isEqualTo("http");
      assertThat(server.of(other.id).vips()).isEmpty();
    }
  }

  private String withoutTheRight(String program) throws Exception {
    Path script = scratch.directory().resolve(program);
    Files.writeString(
        script,
        "#!/bin/sh\nexec setpriv --inh-caps=-net_admin --bounding-set=-net_admin %s \"$@\"\n"
            .formatted(program));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }

  @Test
  void aNodeWithoutNftSaysThatItIsNotInstalled() throws Exception {
    nft = "/nowhere/nft";
    startAgent();
    Await.until("reported", () -> server.count() > 0);
    assertThat(server.last().capabilities().missing().get("UDP"))
        .isEqualTo("'/nowhere/nft' does not run: is it installed?");
  }

  @Test
  void packetsOfTcpListenersAreCountedAndAnEditLeavesTheRulesAlone() throws Exception {
    try (Backend backend = Backend.start("http")) {
      Specs http = new Specs().http(8080).member(backend);
      startAgent();
      server.put(http.next());
      applied(http.id, 1);
      healthy(http.id);
      assertThat(Http.get(http.vip, 8080).status()).isEqualTo(200);
      Await.until("counted", () -> server.of(http.id).vips().getFirst().receivedPackets() > 3);
      long packets = server.of(http.id).vips().getFirst().receivedPackets();
      for (int i = 2; i < 5; i++) {
        server.put(http.weight(0, i).next());
        applied(http.id, i);
      }
      assertThat(Http.get(http.vip, 8080).status()).isEqualTo(200);
      Await.until(
          "counted on", () -> server.of(http.id).vips().getFirst().receivedPackets() > packets + 3);
      assertThat(tables()).doesNotContain(http.id.text());
    }
  }

  @Test
  void countersNeverGoBackOverChanges() throws Exception {
    startAgent();
    long packets = 0;
    for (int generation = 1; generation <= 4; generation++) {
      server.put(specs.udp(PORT + generation, 60).weight(0, generation).next());
      applied(specs.id, generation);
      healthy(specs.id);
      assertThat(client().ask()).isIn("one", "two");
      long before = packets;
      Await.until("counted", () -> listener().receivedPackets() == before + 1);
      packets = before + 1;
    }
    Command.run(
        scratch.directory(),
        List.of("nft", "delete", "table", "ip", NodeRules.tableOf(server.node)));
    Await.until("made again", () -> tables().contains(NodeRules.tableOf(server.node)));
    long before = packets;
    assertThat(client().ask()).isIn("one", "two");
    Await.until("counted on", () -> listener().receivedPackets() == before + 1);
  }

  @Test
  void aRemovedLoadBalancerLeavesNoTable() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    assertThat(tables()).contains(specs.id.text());
    server.delete(specs.id);
    Await.until("gone", () -> !server.knows(specs.id));
    assertThat(tables()).doesNotContain(specs.id.text());
  }

  @Test
  void stopAllRemovesTheRulesOfTheNode() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    healthy(specs.id);
    UdpClient client = client();
    assertThat(client.ask()).isIn("one", "two");
    stopAgent();
    assertThat(stopAll()).contains("UDP load balancers stopped: 1");
    assertThat(tables())
        .doesNotContain(specs.id.text())
        .doesNotContain(NodeRules.tableOf(server.node));
    assertThat(client.ask()).isEqualTo("refused");
  }

  @Test
  void anAgentThatIsKilledUnderTrafficLosesNothing() throws Exception {
    startProcess();
    server.put(specs.next());
    applied(specs.id, 1);
    healthy(specs.id);
    List<UdpClient> clients = new ArrayList<>();
    List<String> before = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(client());
      before.add(clients.get(i).ask());
    }
    for (int round = 0; round < 3; round++) {
      Process agent = process;
      if (agent == null) throw new AssertionError("no agent");
      agent.destroyForcibly().waitFor();
      everybodyGets(clients, before);
      assertThat(client().ask()).isIn("one", "two");
      startProcess();
      everybodyGets(clients, before);
      server.put(specs.weight(0, round + 2).next());
      applied(specs.id, round + 2);
      everybodyGets(clients, before);
    }
    assertThat(server.of(specs.id).members()).allMatch(member -> member.health() == Health.HEALTHY);
  }

  private static void everybodyGets(List<UdpClient> clients, List<String> expected)
      throws Exception {
    for (int i = 0; i < clients.size(); i++) {
      assertThat(clients.get(i).ask()).isEqualTo(expected.get(i));
    }
  }

  private void startProcess() throws Exception {
    Path file = AgentFile.write(server, scratch, 500);
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.poise.agent.Main",
                "run",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(new File(scratch.directory().toFile(), "agent.log"))
            .start();
  }
}
