package dev.poise.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Await;
import dev.poise.agent.support.FakeServer;
import dev.poise.agent.support.Scratch;
import dev.poise.agent.support.Specs;
import dev.poise.agent.support.UdpBackend;
import dev.poise.agent.support.Wire;
import dev.poise.spec.AddressRange;
import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberReport.Health;
import dev.poise.spec.Sources;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients and members on other machines, which are network namespaces. */
class UdpNetworkTest {
  private static final int PORT = 5353;
  private static final int MEMBER_PORT = 5300;
  private static final Path PROGRAMS = Path.of("src/test/programs").toAbsolutePath();

  private Scratch scratch;
  private FakeServer server;
  private Wire clients;
  private Wire members;
  private IpAddress vip;
  private Specs specs;
  private Node agent;
  private String forwardingBefore;

  @BeforeEach
  void start() throws Exception {
    forwardingBefore = Files.readString(Path.of("/proc/sys/net/ipv4/ip_forward"));
    scratch = Scratch.create();
    server = new FakeServer();
    clients = Wire.plug();
    members = Wire.plug();
    vip = clients.addHere(100);
    specs = new Specs(vip).udp(PORT, 60).portCheck(1, 1, 1);
    Files.writeString(scratch.directory().resolve("key"), server.key + "\n");
    agent = Node.start(config(), "test");
  }

  @AfterEach
  void stop() throws Exception {
    agent.stop();
    new StopAll(
            config(), new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
        .run();
    server.close();
    clients.close();
    members.close();
    scratch.close();
    Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), forwardingBefore);
  }

  private AgentConfig config() {
    return Configs.of(server, scratch);
  }

  private Process member(String name, int port) throws Exception {
    Path output = scratch.directory().resolve(name + ".out");
    Process process =
        members.java(PROGRAMS.resolve("Member.java"), output, name, String.valueOf(port));
    Await.until(name + " listens", () -> Wire.lines(output).contains("ready"));
    return process;
  }

  private Path client(String name, int sockets, int rounds, int pause) throws Exception {
    Path output = scratch.directory().resolve(name + ".out");
    clients.java(
        PROGRAMS.resolve("Client.java"),
        output,
        vip.text(),
        "" + PORT,
        "" + sockets,
        "" + rounds,
        "" + pause);
    return output;
  }

  private List<String> ask(String name, int sockets, int rounds) throws Exception {
    Path output = client(name, sockets, rounds, 0);
    Await.until("asked", () -> Wire.lines(output).contains("end"));
    List<String> lines = Wire.lines(output);
    return lines.subList(0, lines.size() - 1);
  }

  private void healthy() throws Exception {
    Await.until("healthy", () -> server.knows(specs.id) && isHealthy(0) && isHealthy(-1));
  }

  private boolean isHealthy(int member) {
    var all = server.of(specs.id).members();
    if (all.isEmpty()) return false;
    return all.get(member < 0 ? all.size() - 1 : member).health() == Health.HEALTHY;
  }

  @Test
  void clientsAndMembersElsewhereAndClientsLearnOnlyOfTheLoadBalancer() throws Exception {
    member("one", MEMBER_PORT);
    member("two", MEMBER_PORT + 1);
    server.put(
        specs
            .member(members.thereAddress(), MEMBER_PORT)
            .member(members.thereAddress(), MEMBER_PORT + 1)
            .next());
    healthy();
    String node = members.hereAddress().text();
    // A connected socket takes answers from the load balancer's address only.
    assertThat(ask("four", 4, 1))
        .extracting(line -> line.substring(2))
        .containsExactlyInAnyOrder("one " + node, "one " + node, "two " + node, "two " + node);
    Await.until(
        "counted",
        () -> {
          var listener = server.of(specs.id).listeners().getFirst();
          return listener.receivedPackets() == 4 && listener.transmittedPackets() == 4;
        });
  }

  @Test
  void aMemberOnTheNodeItselfSeesTheClientsAddress() throws Exception {
    IpAddress own = clients.hereAddress();
    try (UdpBackend member = UdpBackend.startAt(own, 0, "here")) {
      server.put(specs.member(own, member.port()).next());
      healthy();
      assertThat(ask("one", 1, 2)).containsOnly("0 here");
      assertThat(member.lastClient()).isEqualTo(clients.thereAddress().text());
    }
  }

  @Test
  void aMemberThatEndsUnderTrafficIsFoundAndItsClientsAreServedByOthers() throws Exception {
    Process one = member("one", MEMBER_PORT);
    member("two", MEMBER_PORT + 1);
    server.put(
        specs
            .member(members.thereAddress(), MEMBER_PORT)
            .member(members.thereAddress(), MEMBER_PORT + 1)
            .next());
    healthy();
    // Many datagrams a second use up the errors that the member's machine sends.
    Path output = client("many", 10, 2000, 5);
    Await.until("both serve", () -> answers(output, "one") > 0 && answers(output, "two") > 0);
    one.destroyForcibly().waitFor();
    Await.until("one is down", () -> !isHealthy(0));
    int before = Wire.lines(output).size();
    Await.until("more answers", () -> Wire.lines(output).size() > before + 60);
    List<String> after = Wire.lines(output);
    assertThat(after.subList(before + 20, after.size())).allMatch(line -> line.contains(" two "));
  }

  private static long answers(Path output, String name) throws Exception {
    return Wire.lines(output).stream().filter(line -> line.contains(" " + name + " ")).count();
  }

  @Test
  void changesUnderTrafficLoseAndMoveNothing() throws Exception {
    member("one", MEMBER_PORT);
    member("two", MEMBER_PORT + 1);
    server.put(
        specs
            .member(members.thereAddress(), MEMBER_PORT)
            .member(members.thereAddress(), MEMBER_PORT + 1)
            .next());
    healthy();
    Path output = client("many", 10, 400, 5);
    Await.until("it asks", () -> Wire.lines(output).size() > 20);
    for (int i = 2; i < 12; i++) {
      int generation = i;
      server.put(specs.weight(0, i).udp(PORT + i, 5).next());
      Await.until("applied", () -> server.isApplied(specs.id, generation));
    }
    Await.until("asked", () -> Wire.lines(output).contains("end"));
    List<String> lines = Wire.lines(output);
    IntStream.range(0, 10)
        .forEach(socket ->
            assertThat(lines.stream().filter(line -> line.startsWith(socket + " ")).distinct())
                .hasSize(1));
    assertThat(lines).noneMatch(line -> line.contains("refused") || line.contains("silence"));
    assertThat(lines).hasSize(4001);
  }

  @Test
  void clientsElsewhereAreToldWhenThereIsNoMemberAndDeniedOnesHearNothing() throws Exception {
    server.put(specs.next());
    Await.until("applied", () -> server.isApplied(specs.id, 1));
    assertThat(ask("empty", 1, 1)).containsExactly("0 refused");
    member("one", MEMBER_PORT);
    server.put(
        specs
            .member(members.thereAddress(), MEMBER_PORT)
            .sources(0, new Sources.Only(List.of(new AddressRange("192.0.2.0/24"))))
            .next());
    healthy();
    assertThat(ask("denied", 1, 1)).containsExactly("0 silence");
    server.put(
        specs
            .sources(0, new Sources.Only(List.of(new AddressRange(clients.thereAddress() + "/32"))))
            .next());
    Await.until("applied", () -> server.isApplied(specs.id, 3));
    assertThat(ask("allowed", 1, 1).getFirst()).startsWith("0 one ");
  }
}
