package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.poise.standalone.ApiClient;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Datagrams, and who gets them. */
@ExtendWith(Worlds.class)
class UdpTest {
  private static final int PORT = 53;
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path folder = Path.of("");

  @Test
  void dnsIsServedOverUdpAndTcpOnOnePort(World world) throws Exception {
    DnsServer one = world.dns("one");
    DnsServer three = world.dns("three");
    Balancer balancer =
        world.balancer(
            Recipe.udp(PORT).member(one, 1).member(three, 3),
            Recipe.tcp(PORT).member(one, 1).member(three, 3));
    String address = balancer.at(PORT).getHostString();
    for (DnsServer server : List.of(one, three)) awaitHealth(balancer, server, "HEALTHY");

    assertThat(dig(address, "+tcp")).isIn("one", "three");
    Tally tally = new Tally();
    for (int i = 0; i < 200; i++) tally.answered(dig(address, "+notcp"));
    System.out.println("200 dig: " + tally);
    assertThat(tally.shareOf(one)).isCloseTo(25, within(4.0));

    Path questions = Files.writeString(folder.resolve("questions"), "www.test A\nwho.test TXT\n");
    Program.Result load =
        Program.run(
            folder,
            List.of(
                "dnsperf",
                "-s",
                address,
                "-p",
                "" + PORT,
                "-d",
                questions.toString(),
                "-l",
                "3",
                "-c",
                "20",
                "-Q",
                "2000"));
    assertThat(load.code()).as(load.text()).isZero();
    assertThat(number(load.text(), "Queries completed: +(\\d+)")).isGreaterThan(3_000);
    assertThat(number(load.text(), "Queries lost: +(\\d+)")).as(load.text()).isZero();
  }

  private static String dig(String address, String transport) {
    return Program.output(
            "dig",
            "@" + address,
            "-p",
            "" + PORT,
            "who.test",
            "TXT",
            "+short",
            "+tries=1",
            "+time=2",
            transport)
        .strip()
        .replace("\"", "");
  }

  private static long number(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(text).isTrue();
    return Long.parseLong(found.group(1));
  }

  @Test
  void noEditMovesASessionThatLives(World world) {
    UdpBackend a = world.udp("a");
    UdpBackend b = world.udp("b");
    UdpBackend c = world.udp("c");
    UdpBackend late = world.udp("late");
    Balancer balancer = world.balancer(Recipe.udp(PORT).members(a, b, c));
    for (UdpBackend backend : List.of(a, b, c)) awaitHealth(balancer, backend, "HEALTHY");
    List<UdpSession> sessions = sessions(world, balancer, 400);
    List<String> before = sessions.stream().map(UdpSession::ask).toList();
    assertThat(Set.copyOf(before)).containsExactlyInAnyOrder("a", "b", "c");

    for (int edit = 0; edit < 20; edit++) {
      switch (edit % 5) {
        case 0 -> balancer.patch(balancer.memberPath(PORT, a), Map.of("weight", 1 + edit));
        case 1 -> balancer.add(PORT, late);
        case 2 -> balancer.change(PORT, b, "disable");
        case 3 -> balancer.change(PORT, b, "enable");
        default -> balancer.remove(PORT, late);
      }
      for (int i = edit; i < sessions.size(); i += 20) {
        assertThat(sessions.get(i).ask()).as("after edit %s", edit).isEqualTo(before.get(i));
      }
    }
    assertThat(sessions.stream().map(UdpSession::ask).toList()).isEqualTo(before);
  }

  @Test
  void aMemberThatDiesLosesItsClientsToTheOthersAndNobodyElseMoves(World world) {
    UdpBackend a = world.udp("a");
    UdpBackend b = world.udp("b");
    UdpBackend c = world.udp("c");
    Balancer balancer = world.balancer(Recipe.udp(PORT).members(a, b, c));
    for (UdpBackend backend : List.of(a, b, c)) awaitHealth(balancer, backend, "HEALTHY");
    List<UdpSession> sessions = sessions(world, balancer, 60);
    List<String> before = sessions.stream().map(UdpSession::ask).toList();

    b.kill();
    JsonNode dead = awaitHealth(balancer, b, "UNHEALTHY");
    assertThat(dead.path("healthReason").asString()).contains("unreachable");
    Await.until(
        "clients of the dead member are served by others",
        Duration.ofSeconds(3),
        () ->
            IntStream.range(0, sessions.size())
                .filter(i -> before.get(i).equals("b"))
                .allMatch(i -> Set.of("a", "c").contains(sessions.get(i).ask())));
    for (int i = 0; i < sessions.size(); i++) {
      if (before.get(i).equals("b")) continue;
      assertThat(sessions.get(i).ask()).as("nobody else moves").isEqualTo(before.get(i));
    }
    JsonNode checks = world.api().get(balancer.memberPath(PORT, b) + "/checks");
    assertThat(checks.at("/nodes/0/health").asString()).isEqualTo("UNHEALTHY");

    b.revive();
    awaitHealth(balancer, b, "HEALTHY");
    Await.until(
        "the revived member is given sessions", SOON, () -> fresh(world, balancer).equals("b"));
  }

  @Test
  void disablingKeepsSessionsAndDeletingEndsThem(World world) {
    UdpBackend a = world.udp("a");
    UdpBackend b = world.udp("b");
    Balancer balancer = world.balancer(Recipe.udp(PORT).members(a, b));
    for (UdpBackend backend : List.of(a, b)) awaitHealth(balancer, backend, "HEALTHY");
    UdpSession toB = sessionTo(world, balancer, "b");

    balancer.change(PORT, b, "disable");
    assertThat(toB.ask()).isEqualTo("b");
    assertThat(freshOnes(world, balancer, 30)).containsExactly("a");
    balancer.remove(PORT, b);
    Await.until("its client is served by the other", SOON, () -> toB.ask().equals("a"));
    balancer.remove(PORT, a);
    Await.until(
        "an empty pool says so", SOON, () -> fresh(world, balancer).equals(UdpSession.UNREACHABLE));
  }

  @Test
  void aClientAddressKeepsItsMemberAndOnlyTheClientsOfALeavingMemberMove(World world) {
    List<UdpBackend> backends = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) backends.add(world.udp(name));
    Balancer balancer =
        world.balancer(
            Recipe.udp(PORT).stickyBySource().members(backends.toArray(new UdpBackend[0])));
    for (UdpBackend backend : backends) awaitHealth(balancer, backend, "HEALTHY");

    List<String> before = membersOfClients(world, balancer);
    assertThat(membersOfClients(world, balancer)).as("with other ports").isEqualTo(before);
    assertThat(new HashSet<>(before)).hasSizeGreaterThan(2);
    balancer.remove(PORT, backends.getFirst());
    List<String> after = membersOfClients(world, balancer);
    assertThat(after).doesNotContain("a");
    long moved =
        IntStream.range(0, before.size())
            .filter(i -> !before.get(i).equals("a"))
            .filter(i -> !before.get(i).equals(after.get(i)))
            .count();
    System.out.println("moved without need: " + moved + " of " + before.size());
    assertThat(moved).isLessThanOrEqualTo(before.size() / 10);
  }

  private static List<String> membersOfClients(World world, Balancer balancer) {
    List<String> names = new ArrayList<>();
    for (int client = 0; client < 50; client++) {
      try (UdpSession session = UdpSession.open(balancer.at(PORT), world.client(client))) {
        names.add(session.ask());
      }
    }
    return names;
  }

  @Test
  void sessionsAboveTheLimitAreRefusedAndIdleOnesMakeRoom(World world) {
    UdpBackend only = world.udp("only");
    Balancer balancer =
        world.balancer(
            Recipe.udp(PORT)
                .option("connectionLimit", 3)
                .option("sessionTimeoutSeconds", 2)
                .members(only));
    awaitHealth(balancer, only, "HEALTHY");
    List<UdpSession> admitted = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      UdpSession session = world.remember(UdpSession.open(balancer.at(PORT), world.client(i)));
      assertThat(session.ask()).isEqualTo("only");
      admitted.add(session);
    }
    try (UdpSession fourth = UdpSession.open(balancer.at(PORT), world.client(4))) {
      assertThat(fourth.ask(Duration.ofMillis(500))).isEqualTo(UdpSession.NOT_PERMITTED);
    }
    assertThat(admitted.getFirst().ask()).as("those within go on").isEqualTo("only");
    Await.until("idle sessions ended", SOON, () -> fresh(world, balancer).equals("only"));
  }

  @Test
  void theAgentMayDieWhileDatagramsFlow(World world) {
    UdpBackend a = world.udp("a");
    UdpBackend b = world.udp("b");
    Balancer balancer = world.balancer(Recipe.udp(PORT).members(a, b));
    for (UdpBackend backend : List.of(a, b)) awaitHealth(balancer, backend, "HEALTHY");
    List<UdpSession> sessions = sessions(world, balancer, 20);
    List<String> before = sessions.stream().map(UdpSession::ask).toList();

    world.killAgent();
    assertThat(sessions.stream().map(UdpSession::ask).toList()).isEqualTo(before);
    assertThat(freshOnes(world, balancer, 20)).containsExactlyInAnyOrder("a", "b");
    world.startAgent();
    List<String> during = new ArrayList<>();
    Await.until(
        "the new agent has said what runs",
        Duration.ofSeconds(20),
        () -> {
          sessions.forEach(session -> during.add(session.ask()));
          during.add(fresh(world, balancer));
          return balancer.state().equals("ACTIVE");
        });
    assertThat(during).doesNotContain(UdpSession.SILENCE, UdpSession.UNREACHABLE);
    assertThat(sessions.stream().map(UdpSession::ask).toList()).isEqualTo(before);
    balancer.change(PORT, b, "disable");
    assertThat(freshOnes(world, balancer, 20)).containsExactly("a");
  }

  @Test
  void anExpectedAnswerDecidesWhetherAMemberIsHealthy(World world) {
    UdpBackend silent = world.udp("silent");
    DnsServer answering = world.dns("answering");
    Balancer balancer = world.balancer(Recipe.udp(PORT).members(silent));
    world.api().post(balancer.pool(PORT) + "/members", Recipe.memberBody(answering, 1));
    awaitHealth(balancer, silent, "HEALTHY");

    // A question for www.test, and the id its answer begins with.
    String question = "abcd01000001000000000000037777770474657374000001" + "0001";
    balancer.patch(
        balancer.pool(PORT),
        Map.of(
            "healthCheck",
            Map.of(
                "type",
                "UDP",
                "intervalSeconds",
                1,
                "timeoutSeconds",
                1,
                "rise",
                1,
                "fall",
                1,
                "requestHex",
                question,
                "answerHex",
                "abcd")));
    awaitHealth(balancer, answering, "HEALTHY");
    JsonNode member = awaitHealth(balancer, silent, "UNHEALTHY");
    assertThat(member.path("healthReason").asString()).isNotBlank();
  }

  @Test
  void packetsAndSessionsAreCounted(World world) {
    UdpBackend only = world.udp("only");
    Balancer balancer = world.balancer(Recipe.udp(PORT).members(only));
    awaitHealth(balancer, only, "HEALTHY");
    UdpSession session = sessions(world, balancer, 1).getFirst();
    for (int i = 0; i < 50; i++) assertThat(session.ask()).isEqualTo("only");
    JsonNode listener =
        Await.until(
            "the datagrams are counted",
            SOON,
            () -> balancer.listener(PORT),
            it ->
                it.at("/traffic/receivedPackets").asLong() >= 50
                    && it.at("/traffic/activeConnections").asLong() > 0);
    assertThat(listener.at("/traffic/receivedPackets").asLong()).isEqualTo(50);
    assertThat(listener.at("/traffic/transmittedPackets").asLong()).isEqualTo(50);
    assertThat(listener.at("/traffic/activeConnections").asLong()).isEqualTo(1);
    assertThat(listener.at("/traffic/connections").asLong()).isEqualTo(1);
    JsonNode vip = balancer.now().at("/traffic/0");
    assertThat(vip.path("address").asString()).isEqualTo(balancer.at(PORT).getHostString());
    assertThat(vip.path("receivedPackets").asLong()).isGreaterThanOrEqualTo(50);
  }

  @Test
  void theApiRefusesWhatUdpCannotDo(World world) {
    Balancer balancer = world.balancer(Recipe.udp(PORT));
    ApiClient.Answer refused =
        world
            .api()
            .send(
                "PATCH",
                balancer.pool(PORT),
                Optional.of(Map.of("algorithm", "LEAST_CONNECTIONS")),
                Map.of());
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().path("detail").asString()).contains("no connections to count");
  }

  private static JsonNode awaitHealth(Balancer balancer, Destination member, String health) {
    return balancer.awaitHealth(PORT, member, health);
  }

  private static List<UdpSession> sessions(World world, Balancer balancer, int count) {
    InetSocketAddress target = balancer.at(PORT);
    return IntStream.range(0, count)
        .mapToObj(i -> world.remember(UdpSession.open(target, world.client(i % 50))))
        .toList();
  }

  private static UdpSession sessionTo(World world, Balancer balancer, String member) {
    for (UdpSession session : sessions(world, balancer, 40)) {
      if (session.ask().equals(member)) return session;
    }
    throw new AssertionError("no session goes to " + member);
  }

  /** Who answers a session that did not exist before. */
  private static String fresh(World world, Balancer balancer) {
    try (UdpSession session = UdpSession.open(balancer.at(PORT), world.client(0))) {
      return session.ask();
    }
  }

  private static Set<String> freshOnes(World world, Balancer balancer, int count) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) names.add(fresh(world, balancer));
    return names;
  }
}
