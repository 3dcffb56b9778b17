package dev.poise.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.kernel.Kernel;
import dev.poise.agent.kernel.Kernels;
import dev.poise.agent.kernel.Traffic;
import dev.poise.agent.ledger.Bundles;
import dev.poise.agent.network.Ip;
import dev.poise.agent.network.Networks;
import dev.poise.agent.probe.Prober;
import dev.poise.agent.render.NodeRules;
import dev.poise.agent.support.Await;
import dev.poise.agent.support.Command;
import dev.poise.agent.support.Scratch;
import dev.poise.agent.support.Specs;
import dev.poise.agent.support.UdpBackend;
import dev.poise.agent.support.UdpClient;
import dev.poise.spec.AddressRange;
import dev.poise.spec.Algorithm;
import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.ListenerId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberReport.Health;
import dev.poise.spec.NodeId;
import dev.poise.spec.Persistence;
import dev.poise.spec.Protocol;
import dev.poise.spec.RoleReport;
import dev.poise.spec.Sources;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Datagrams through the real kernel of this machine, on loopback addresses. */
class UdpTest {
  private static final int PORT = 5353;

  private final NodeId node = NodeId.generate(Instant.now());
  private Scratch scratch;
  private Kernel kernel;
  private Prober prober;
  private Thread checks;
  private UdpBackend one;
  private UdpBackend two;
  private Specs specs;
  private DataPlane plane;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    scratch = Scratch.create();
    openKernel();
    one = UdpBackend.start("one");
    two = UdpBackend.start("two");
    specs =
        new Specs()
            .udp(PORT, 60)
            .portCheck(1, 1, 1)
            .member(one.address(), one.port())
            .member(two.address(), two.port());
    plane = plane();
  }

  private void openKernel() throws IOException {
    kernel = Kernel.open("nft", "conntrack", NodeRules.tableOf(node));
    prober = new Prober(InstantSource.system());
    checks = Thread.ofPlatform().start(prober);
  }

  private DataPlane plane() throws IOException {
    Haproxy haproxy =
        new Haproxy(
            specs.id,
            scratch.settings(),
            new HaproxyBinary("haproxy"),
            Bundles.open(scratch.settings().dataDirectory()),
            32,
            InstantSource.system());
    return new DataPlane(specs.id, haproxy, here(), scratch.settings().directoryOf(specs.id));
  }

  private Dwellings here() throws IOException {
    Ip ip = new Ip("ip", "bridge");
    Networks networks =
        new Networks(
            ip,
            node,
            scratch.settings().dataDirectory(),
            scratch.settings().edgeNamespace(),
            () -> RoleReport.Role.NONE,
            Optional.empty());
    return new Dwellings(
        new HaproxyBinary("haproxy"),
        new KernelAccess.Granted(kernel, prober),
        new Kernels("ip", "nft", "conntrack", NodeRules.tableOf(node)),
        ip,
        networks);
  }

  private void stopAgent() throws Exception {
    plane.release();
    checks.interrupt();
    checks.join();
    prober.close();
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : opened) each.close();
    stopAgent();
    kernel.removeAll(Set.of(specs.id));
    scratch.close();
    one.close();
    two.close();
  }

  private void applied() throws Exception {
    assertThat(plane.apply(specs.digested())).isEqualTo(new Applied.Done());
  }

  private void serving() throws Exception {
    applied();
    follow("all members have a verdict", () -> !plane.hasUnproven());
    assertThat(plane.hasDied()).isFalse();
  }

  private void follow(String description, Callable<Boolean> condition) throws Exception {
    Await.until(
        description,
        () -> {
          plane.followHealth();
          return condition.call();
        });
  }

  private UdpClient client() throws IOException {
    UdpClient client = UdpClient.to(specs.vip, PORT);
    opened.add(client);
    return client;
  }

  private Map<String, Integer> answersOf(int clients) throws IOException {
    Map<String, Integer> answers = new HashMap<>();
    for (int i = 0; i < clients; i++) answers.merge(client().ask(), 1, Integer::sum);
    return answers;
  }

  private List<String> ask(List<UdpClient> clients) throws IOException {
    List<String> answers = new ArrayList<>();
    for (UdpClient client : clients) answers.add(client.ask());
    return answers;
  }

  private List<UdpClient> clients(int number) throws IOException {
    List<UdpClient> clients = new ArrayList<>();
    for (int i = 0; i < number; i++) clients.add(client());
    return clients;
  }

  private String ruleset() throws Exception {
    return Command.run(scratch.directory(), List.of("nft", "list", "table", "ip", specs.id.text()))
        .output();
  }

  private ListenerId listener() {
    return specs.listener(0).id();
  }

  @Test
  void sessionsGoToMembersInTurnByWeight() throws Exception {
    specs.weight(1, 3);
    serving();
    assertThat(answersOf(20)).isEqualTo(Map.of("one", 5, "two", 15));
  }

  @Test
  void aSessionStaysWithItsMember() throws Exception {
    serving();
    UdpClient client = client();
    String first = client.ask();
    for (int i = 0; i < 5; i++) assertThat(client.ask()).isEqualTo(first);
  }

  @Test
  void noChangeOfTheConfigurationMovesASession() throws Exception {
    serving();
    List<UdpClient> clients = clients(20);
    List<String> before = ask(clients);
    specs.weight(0, 7);
    applied();
    assertThat(ask(clients)).isEqualTo(before);
    specs.change(0, new Protocol.Udp(30));
    applied();
    assertThat(ask(clients)).isEqualTo(before);
    specs.algorithm(Algorithm.SOURCE_IP).udp(PORT + 1, 5);
    applied();
    assertThat(ask(clients)).isEqualTo(before);
    specs.mode(0, MemberMode.DISABLED);
    specs.mode(1, MemberMode.DRAINING);
    applied();
    assertThat(ask(clients)).isEqualTo(before);
    assertThat(plane.readKernel().sessions()).containsEntry(listener(), 20L);
    assertThat(client().ask()).isEqualTo("refused");
  }

  @Test
  void aClientStaysWithItsMemberByItsAddress() throws Exception {
    specs.persistence(new Persistence.SourceIp());
    serving();
    Set<String> all = new TreeSet<>();
    for (int i = 1; i <= 20; i++) {
      Set<String> answers = new TreeSet<>();
      for (int session = 0; session < 3; session++) {
        UdpClient client = UdpClient.from("127.7.0." + i, specs.vip, PORT);
        opened.add(client);
        answers.add(client.ask());
      }
      assertThat(answers).hasSize(1);
      all.addAll(answers);
    }
    assertThat(all).containsExactly("one", "two");
  }

  @Test
  void aMemberThatGoesDownLosesItsSessionsAndOnlyThose() throws Exception {
    serving();
    List<UdpClient> clients = clients(10);
    List<String> before = ask(clients);
    one.close();
    follow("one is down", () -> health(0) == Health.UNHEALTHY);
    for (UdpClient client : clients) {
      String answer = client.ask();
      // The error of a datagram from before may still be waiting at the socket.
      assertThat(answer.equals("refused") ? client.ask() : answer).isEqualTo("two");
    }
    assertThat(before).contains("one", "two");
    one = UdpBackend.startAt(one.address(), specs.member(0).port(), "one");
    follow("one is up", () -> health(0) == Health.HEALTHY);
    assertThat(ask(clients)).containsOnly("two");
    assertThat(answersOf(10)).containsEntry("one", 5);
  }

  private Health health(int member) {
    return plane.readKernel().verdicts().entrySet().stream()
        .filter(each -> each.getKey().member().equals(specs.member(member).id()))
        .findFirst()
        .orElseThrow()
        .getValue()
        .health();
  }

  @Test
  void theClientsOfADeletedMemberAreServedByOthersAtOnce() throws Exception {
    serving();
    List<UdpClient> clients = clients(10);
    assertThat(ask(clients)).contains("one");
    specs.without(0);
    applied();
    assertThat(ask(clients)).containsOnly("two");
  }

  @Test
  void withoutAMemberClientsAreToldAndServedAsSoonAsThereIsOne() throws Exception {
    specs.mode(0, MemberMode.DISABLED).mode(1, MemberMode.DISABLED);
    serving();
    UdpClient client = client();
    assertThat(client.ask()).isEqualTo("refused");
    specs.mode(0, MemberMode.ENABLED);
    serving();
    assertThat(client.ask()).isEqualTo("one");
  }

  @Test
  void aFlowThatWasThereBeforeTheLoadBalancerIsServed() throws Exception {
    UdpClient client = client();
    assertThat(client.ask()).isEqualTo("refused");
    serving();
    assertThat(client.ask()).isIn("one", "two");
  }

  @Test
  void theLimitCountsSessionsAndASessionWithinItStays() throws Exception {
    specs.withoutListeners();
    specs.listener(PORT, new Protocol.Udp(60), new ConnectionLimit.AtMost(5));
    serving();
    List<UdpClient> clients = clients(5);
    assertThat(ask(clients)).containsOnly("one", "two");
    assertThat(answersOf(3).keySet()).isSubsetOf("refused", "not permitted");
    assertThat(ask(clients)).containsOnly("one", "two");
    specs.weight(0, 9);
    applied();
    assertThat(client().ask()).isIn("refused", "not permitted");
    Await.until(
        "counted",
        () -> isCounted(listener() + "_begun", 5) && isCounted(listener() + "_refused", 4));
  }

  private boolean isCounted(String counter, long packets) {
    Traffic traffic = plane.readKernel().counters().get(counter);
    return traffic != null && traffic.packets() == packets;
  }

  @Test
  void onlyAllowedClientsGetInAndOthersLoseTheirSessions() throws Exception {
    serving();
    UdpClient allowed = UdpClient.from("127.8.0.1", specs.vip, PORT);
    UdpClient denied = UdpClient.from("127.9.0.1", specs.vip, PORT);
    opened.add(allowed);
    opened.add(denied);
    assertThat(List.of(allowed.ask(), denied.ask())).isSubsetOf("one", "two");
    String before = allowed.ask();
    specs.sources(0, new Sources.Only(List.of(new AddressRange("127.8.0.0/16"))));
    applied();
    plane.readKernel();
    assertThat(denied.ask()).isEqualTo("not permitted");
    assertThat(allowed.ask()).isEqualTo(before);
    specs.sources(0, new Sources.Only(List.of()));
    applied();
    plane.readKernel();
    assertThat(allowed.ask()).isEqualTo("not permitted");
    specs.sources(0, new Sources.Anyone());
    applied();
    assertThat(allowed.ask()).isIn("one", "two");
  }

  @Test
  void sessionsEndWhenTheyWereIdleForTheirTime() throws Exception {
    specs.change(0, new Protocol.Udp(2));
    serving();
    UdpClient client = client();
    assertThat(client.ask()).isIn("one", "two");
    assertThat(kernel.sessions().flows()).anyMatch(flow -> flow.vip().equals(specs.vip));
    Await.until(
        "the session is over",
        () -> {
          kernel.forgetSessions();
          return kernel.sessions().flows().stream().noneMatch(flow -> flow.vip().equals(specs.vip));
        });
  }

  @Test
  void packetsAndBytesAreCountedOnce() throws Exception {
    serving();
    UdpClient client = client();
    for (int i = 0; i < 10; i++) client.ask();
    Await.until(
        "counted",
        () ->
            plane.readKernel().traffic().values().stream()
                .map(Traffic::packets)
                .sorted()
                .toList()
                .equals(List.of(0L, 10L, 10L)));
    Map<String, Long> bytes =
        plane.readKernel().traffic().entrySet().stream()
            .filter(each -> !each.getKey().set().equals(NodeRules.DATAGRAMS))
            .collect(
                Collectors.toMap(each -> each.getKey().set(), each -> each.getValue().bytes()));
    assertThat(bytes).containsEntry("received", 290L).containsEntry("transmitted", 310L);
  }

  @Test
  void anAgentThatComesBackGoesOnWithWhatIsInTheKernel() throws Exception {
    serving();
    List<UdpClient> clients = clients(10);
    List<String> before = ask(clients);
    String rules = ruleset();
    stopAgent();
    assertThat(ask(clients)).isEqualTo(before);
    openKernel();
    plane = plane();
    plane.adopt(List.of());
    assertThat(plane.served()).isPresent();
    assertThat(plane.readKernel().generation()).hasValue(1);
    assertThat(plane.followHealth()).isFalse();
    assertThat(ruleset()).isEqualTo(rules);
    applied();
    assertThat(ask(clients)).isEqualTo(before);
  }

  @Test
  void aMemberThatWasDownWhenTheAgentCameBackIsDown() throws Exception {
    serving();
    stopAgent();
    one.close();
    openKernel();
    plane = plane();
    plane.adopt(List.of());
    follow("one is down", () -> health(0) == Health.UNHEALTHY);
    assertThat(answersOf(4)).isEqualTo(Map.of("two", 4));
  }

  @Test
  void rulesThatSomebodyEmptiedAreMadeAgain() throws Exception {
    serving();
    Command.run(
        scratch.directory(), List.of("nft", "delete", "table", "ip", NodeRules.tableOf(node)));
    Command.run(scratch.directory(), List.of("nft", "delete", "table", "ip", specs.id.text()));
    Await.until("it is noticed", () -> plane.hasDied());
    applied();
    assertThat(answersOf(4)).isEqualTo(Map.of("one", 2, "two", 2));
    Await.until(
        "packets are counted again",
        () -> {
          client().ask();
          return plane.readKernel().traffic().values().stream()
              .anyMatch(each -> each.packets() > 0);
        });
  }

  @Test
  void whatIsRefusedLeavesTheOldRules() throws Exception {
    serving();
    String rules = ruleset();
    specs.algorithm(Algorithm.LEAST_CONNECTIONS);
    assertThat(plane.apply(specs.digested()))
        .isEqualTo(
            new Applied.Refused("UDP listeners cannot choose the member with the fewest sessions"));
    assertThat(ruleset()).isEqualTo(rules);
  }

  @Test
  void whatIsNotUsedAnyMoreIsRemoved() throws Exception {
    specs.udp(PORT + 1, 60);
    serving();
    String first = specs.listener(0).id().text();
    specs.withoutListeners().udp(PORT + 2, 60).without(0);
    applied();
    assertThat(ruleset()).doesNotContain(first).doesNotContain(one.address().text());
    specs.withoutListeners();
    applied();
    assertThat(ruleset()).contains("No such file or directory");
    assertThat(plane.readKernel().generation()).isEmpty();
  }

  @Test
  void aLoadBalancerThatIsRemovedLeavesNothing() throws Exception {
    serving();
    UdpClient client = client();
    assertThat(client.ask()).isIn("one", "two");
    plane.remove();
    assertThat(ruleset()).contains("No such file or directory");
    assertThat(client.ask()).isEqualTo("refused");
    assertThat(scratch.settings().directoryOf(specs.id)).doesNotExist();
  }

  @Test
  void pingsAreAnsweredToThoseWhoMay() throws Exception {
    specs.pingSources(new Sources.Only(List.of(new AddressRange("127.0.0.0/16"))));
    applied();
    assertThat(isPinged()).isTrue();
    specs.pingSources(new Sources.Only(List.of(new AddressRange("127.8.0.0/16"))));
    applied();
    assertThat(isPinged()).isFalse();
    specs.pingSources(new Sources.Only(List.of()));
    applied();
    assertThat(isPinged()).isFalse();
    specs.pingSources(new Sources.Anyone());
    applied();
    assertThat(isPinged()).isTrue();
  }

  private boolean isPinged() throws IOException {
    return InetAddress.getByName(specs.vip.text()).isReachable(500);
  }
}
