package dev.poise.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.engine.ProcessIdentity;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.support.Await;
import dev.poise.agent.support.FakeServer;
import dev.poise.agent.support.Loopback;
import dev.poise.agent.support.Scratch;
import dev.poise.agent.support.Specs;
import dev.poise.agent.support.Vpc;
import dev.poise.agent.support.Wire;
import dev.poise.spec.Capabilities;
import dev.poise.spec.InterfaceAddress;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.MemberReport.Health;
import dev.poise.spec.Outcome;
import dev.poise.spec.VpcNetwork;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Load balancers in networks of VPCs, which are network namespaces. */
class VpcNetworkTest {
  private static final int PORT = 8080;
  private static final String INSIDE = "http://" + Vpc.VIP + ":" + PORT + "/";
  private static final Path PROGRAMS = Path.of("src/test/programs").toAbsolutePath();

  private final List<Vpc> vpcs = new ArrayList<>();
  private Scratch scratch;
  private FakeServer server;
  private Node agent;

  @BeforeEach
  void start() throws Exception {
    scratch = Scratch.create();
    server = new FakeServer();
    Files.writeString(scratch.directory().resolve("key"), server.key + "\n");
    agent = Node.start(config(), "test");
  }

  @AfterEach
  void stop() throws Exception {
    agent.stop();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    new StopAll(config(), new PrintStream(said, true, StandardCharsets.UTF_8)).run();
    for (Vpc vpc : vpcs) vpc.close();
    server.close();
    scratch.close();
    assertThat(Path.of("/run/netns", Vpc.edgeOf(server.node))).doesNotExist();
  }

  private AgentConfig config() {
    NodeSettings settings = scratch.settings();
    return Configs.of(
        server,
        scratch,
        new NodeSettings(
            settings.dataDirectory(),
            settings.runDirectory(),
            settings.threads(),
            settings.maxConnections(),
            settings.hardStopSeconds(),
            new NodeSettings.Privileges.Dropped("haproxy", "haproxy"),
            Vpc.edgeOf(server.node)));
  }

  private Vpc vpc(String word) throws Exception {
    Vpc vpc = Vpc.make(scratch.directory());
    vpcs.add(vpc);
    vpc.member(word);
    server.putNetwork(vpc.network());
    return vpc;
  }

  private static Specs web(Vpc vpc, IpAddress... atEdge) {
    return new Specs(Vpc.VIP).in(vpc.id(), atEdge).http(PORT).member(Vpc.MEMBER, Vpc.PORT);
  }

  private void served(Specs specs, long generation) throws Exception {
    Await.until(
        specs.id + " serves " + generation,
        () -> server.isApplied(specs.id, generation) && isHealthy(server.of(specs.id)));
  }

  private static boolean isHealthy(LoadBalancerReport report) {
    return !report.members().isEmpty()
        && report.members().stream().allMatch(member -> member.health() == Health.HEALTHY);
  }

  @Test
  void theSameAddressesInTwoVpcsNeverCross() throws Exception {
    Vpc red = vpc("red");
    Vpc blue = vpc("blue");
    IpAddress redEdge = Loopback.next();
    IpAddress blueEdge = Loopback.next();
    Specs redSpecs = web(red, redEdge);
    Specs blueSpecs = web(blue, blueEdge);
    server.put(redSpecs.next());
    server.put(blueSpecs.next());
    served(redSpecs, 1);
    served(blueSpecs, 1);
    Await.until("announced", () -> red.addresses().contains("10.0.0.5/32"));
    Await.until("announced", () -> blue.addresses().contains("10.0.0.5/32"));

    assertThat(red.ask(INSIDE + "[1-500]")).hasSize(500).containsOnly("red");
    assertThat(blue.ask(INSIDE + "[1-500]")).hasSize(500).containsOnly("blue");
    assertThat(fromHere(redEdge, 500)).hasSize(500).containsOnly("red");
    assertThat(fromHere(blueEdge, 500)).hasSize(500).containsOnly("blue");
    Await.until(
        "packets are counted in both networks",
        () ->
            server.of(redSpecs.id).vips().stream().allMatch(vip -> vip.receivedPackets() > 500)
                && server.of(redSpecs.id).vips().size() == 2);
  }

  private List<String> fromHere(IpAddress address, int times) throws Exception {
    return Vpc.askFromHere(
        scratch.directory(), "http://" + address + ":" + PORT + "/[1-" + times + "]");
  }

  @Test
  void healthIsThatOfTheRightMembers() throws Exception {
    Vpc red = vpc("red");
    Vpc empty = Vpc.make(scratch.directory());
    vpcs.add(empty);
    server.putNetwork(empty.network());
    Specs redSpecs = web(red);
    Specs emptySpecs = web(empty);
    server.put(redSpecs.next());
    server.put(emptySpecs.next());
    served(redSpecs, 1);
    Await.until(
        "down",
        () ->
            server.isApplied(emptySpecs.id, 1)
                && server.of(emptySpecs.id).members().getFirst().health() == Health.UNHEALTHY);
  }

  @Test
  void changesUnderLoadFailNothing() throws Exception {
    Vpc red = vpc("red");
    IpAddress edge = Loopback.next();
    Specs specs = web(red, edge);
    server.put(specs.next());
    served(specs, 1);
    Await.until("reached", () -> red.ask(INSIDE).equals(List.of("red")));
    Path output = scratch.directory().resolve("load");
    Process load = red.load(output, INSIDE + "[1-20000]");
    for (int i = 2; i < 8; i++) {
      server.put(specs.idle(30 + i).next());
      served(specs, i);
      assertThat(fromHere(edge, 20)).hasSize(20).containsOnly("red");
    }
    int during = Wire.lines(output).size();
    load.destroy();
    load.waitFor();
    assertThat(during).isGreaterThan(100);
    assertThat(Wire.lines(output).subList(0, during)).containsOnly("red");
  }

  @Test
  void anAgentThatStartsTouchesNothingThatRuns() throws Exception {
    Vpc red = vpc("red");
    Specs specs = web(red, Loopback.next());
    server.put(specs.next());
    served(specs, 1);
    Await.until("address", () -> red.addresses().contains("10.0.0.5/32"));
    String before = red.addresses();
    List<ProcessIdentity> processes = scratch.processes();
    agent.stop();
    agent = Node.start(config(), "test");
    server.put(specs.weight(0, 7).next());
    served(specs, 2);
    assertThat(scratch.processes()).isEqualTo(processes);
    assertThat(red.addresses()).isEqualTo(before);
    server.put(specs.idle(40).next());
    served(specs, 3);
    assertThat(red.ask(INSIDE)).containsExactly("red");
  }

  @Test
  void aNamespaceThatComesLateOrAgainIsServedInAndUntilThenTheReasonIsSaid() throws Exception {
    Vpc late = Vpc.makeInsideOnly(scratch.directory());
    vpcs.add(late);
    server.putNetwork(late.network());
    Specs specs = web(late);
    server.put(specs.next());
    Await.until("refused", () -> outcome(specs) instanceof Outcome.Refused);
    assertThat(((Outcome.Refused) outcome(specs)).why())
        .isEqualTo("the network namespace '" + late.namespace() + "' is not on this node");
    late.makeNamespace();
    late.member("late");
    served(specs, 1);
    Await.until("reached", () -> late.ask(INSIDE).equals(List.of("late")));

    late.removeNamespace();
    Await.until("refused", () -> outcome(specs) instanceof Outcome.Refused);
    late.makeNamespace();
    served(specs, 1);
    Await.until("reached again", () -> late.ask(INSIDE).equals(List.of("late")));
  }

  private Outcome outcome(Specs specs) {
    return server.knows(specs.id)
        ? server.of(specs.id).outcome()
        : new Outcome.Held(0, "not reported");
  }

  @Test
  void whatIsRemovedLeavesTheNamespaceAsItWas() throws Exception {
    Vpc red = vpc("red");
    String before = red.addresses();
    Specs specs = web(red);
    server.put(specs.next());
    served(specs, 1);
    Await.until("address", () -> !red.addresses().equals(before));
    server.delete(specs.id);
    server.removeNetwork(red.id());
    Await.until("as before", () -> red.addresses().equals(before));
    Await.until("no process", () -> scratch.processes().isEmpty());
  }

  @Test
  void datagramsAreForwardedAndMembersCheckedInTheRightNetwork() throws Exception {
    Vpc red = vpc("red");
    Vpc blue = vpc("blue");
    for (Vpc vpc : List.of(red, blue)) {
      String word = vpc == red ? "red" : "blue";
      Path output = scratch.directory().resolve(word + "-member");
      vpc.java(PROGRAMS.resolve("Member.java"), output, word, "5300");
      Await.until("it listens", () -> Wire.lines(output).contains("ready"));
    }
    Specs redSpecs = udp(red);
    Specs blueSpecs = udp(blue);
    server.put(redSpecs.next());
    server.put(blueSpecs.next());
    served(redSpecs, 1);
    served(blueSpecs, 1);
    Await.until("address", () -> red.addresses().contains("10.0.0.5/32"));
    Await.until("address", () -> blue.addresses().contains("10.0.0.5/32"));
    // From the member's own address it would answer itself: clients here have another one.
    assertThat(datagrams(red, "red")).hasSize(40).allMatch(line -> line.contains(" red "));
    assertThat(datagrams(blue, "blue")).hasSize(40).allMatch(line -> line.contains(" blue "));
    server.put(redSpecs.udp(5354, 5).next());
    served(redSpecs, 2);
    assertThat(datagrams(red, "again")).hasSize(40).allMatch(line -> line.contains(" red "));
  }

  private static Specs udp(Vpc vpc) {
    return new Specs(Vpc.VIP)
        .in(vpc.id())
        .udp(5353, 60)
        .portCheck(1, 1, 1)
        .member(Vpc.MEMBER, 5300);
  }

  private List<String> datagrams(Vpc vpc, String name) throws Exception {
    Path output = scratch.directory().resolve(name + "-client");
    vpc.java(PROGRAMS.resolve("Client.java"), output, Vpc.VIP.text(), "5353", "10", "4", "0");
    Await.until("asked", () -> Wire.lines(output).contains("end"));
    List<String> lines = Wire.lines(output);
    return lines.subList(0, lines.size() - 1);
  }

  @Test
  void aVxlanIsMadeKeptAndTakenAway() throws Exception {
    try (Wire cable = Wire.plug()) {
      Vpc red = Vpc.makeInsideOnly(scratch.directory());
      vpcs.add(red);
      int vni = ThreadLocalRandom.current().nextInt(1, 16_777_215);
      red.joinVxlan(vni, cable);
      red.member("far");
      Specs specs = web(red);
      server.putNetwork(vxlan(red, vni, cable, List.of()));
      server.put(specs.next());
      Await.until("applied", () -> server.isApplied(specs.id, 1));
      String namespace =
          "poise-" + vni + "-" + server.node.text().substring(server.node.text().length() - 8);
      assertThat(Vpc.ip("-n " + namespace + " -o link show dev vxlan0")).contains("mtu 1450");
      server.putNetwork(vxlan(red, vni, cable, List.of(cable.thereAddress())));
      served(specs, 1);
      Await.until("reached", () -> red.ask(INSIDE).equals(List.of("far")));

      String addresses = "-n " + namespace + " -o addr show dev vxlan0";
      // The kernel looks for a second or two whether anybody else has the link's own address.
      Await.until("settled", () -> !Vpc.ip(addresses).contains("tentative"));
      String before = Vpc.ip(addresses);
      agent.stop();
      agent = Node.start(config(), "test");
      server.put(specs.idle(33).next());
      served(specs, 2);
      assertThat(Vpc.ip(addresses)).isEqualTo(before);

      server.delete(specs.id);
      server.removeNetwork(red.id());
      Await.until("gone", () -> !Files.exists(Path.of("/run/netns", namespace)));
    }
  }

  private static VpcNetwork vxlan(Vpc vpc, int vni, Wire cable, List<IpAddress> peers) {
    InterfaceAddress own = new InterfaceAddress(new IpAddress("10.0.0.2"), 24);
    return new VpcNetwork(
        vpc.id(),
        new VpcNetwork.Segment.Vxlan(vni, 4789, cable.hereAddress(), peers, List.of(own)));
  }

  @Test
  void theNodeSaysThatItCanDoAllThis() throws Exception {
    Await.until("reported", () -> !server.reports().isEmpty());
    assertThat(server.reports().getLast().capabilities().features())
        .contains(Capabilities.NETNS, Capabilities.VXLAN);
  }
}
