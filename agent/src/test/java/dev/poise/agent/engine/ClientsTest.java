package dev.poise.agent.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.agent.render.ClientTable;
import dev.poise.agent.support.Await;
import dev.poise.agent.support.Certificates;
import dev.poise.agent.support.Load;
import dev.poise.agent.support.Loopback;
import dev.poise.spec.AddressRange;
import dev.poise.spec.ClientAuthentication;
import dev.poise.spec.IpAddress;
import dev.poise.spec.Protocol;
import dev.poise.spec.ProxyProtocol;
import dev.poise.spec.Sources;
import dev.poise.spec.SpecJson;
import dev.poise.spec.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets in, and what becomes of those who do not any more. */
class ClientsTest extends EngineTest {
  private static final int TCP = 8081;
  private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

  private final IpAddress friend = Loopback.next();
  private final IpAddress foe = Loopback.next();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void serve() throws Exception {
    specs.http(PORT).listener(TCP, new Protocol.Tcp(60, ProxyProtocol.NONE));
    admit(friend, foe);
    applied();
    proven();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable it : open) it.close();
  }

  private void admit(IpAddress... clients) {
    String[] ranges = new String[clients.length];
    for (int i = 0; i < clients.length; i++) ranges[i] = clients[i] + "/32";
    specs.only(0, ranges).only(1, ranges);
  }

  private Socket connect(IpAddress source, int port) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.setSoTimeout(10_000);
    socket.bind(new InetSocketAddress(source.text(), 0));
    socket.connect(new InetSocketAddress(specs.vip.text(), port), 5000);
    return socket;
  }

  /** What comes back for a request; nothing if the connection was refused or closed. */
  private static String ask(Socket socket) {
    try {
      socket.getOutputStream().write(GET.getBytes(ISO_8859_1));
      byte[] buffer = new byte[8 * 1024];
      int read = socket.getInputStream().read(buffer);
      return read < 0 ? "" : new String(buffer, 0, read, ISO_8859_1);
    } catch (IOException closed) {
      return "";
    }
  }

  private boolean getsIn(IpAddress source, int port) throws IOException {
    try (Socket socket = connect(source, port)) {
      return ask(socket).contains("200 OK");
    } catch (SocketException refused) {
      return false;
    }
  }

  private boolean endsAtOnce(IpAddress source, int port) throws IOException {
    try (Socket socket = connect(source, port)) {
      socket.setSoTimeout(500);
      return hasEnded(socket);
    } catch (SocketException reset) {
      return true;
    }
  }

  private static boolean hasEnded(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void onlyThoseInTheRangesGetIn() throws Exception {
    admit(friend);
    applied();
    for (int port : List.of(PORT, TCP)) {
      assertThat(getsIn(friend, port)).isTrue();
      assertThat(getsIn(foe, port)).isFalse();
    }
    long refused =
        haproxy.read().live().orElseThrow().counters().statistics().frontends().stream()
            .mapToLong(Statistics.Frontend::refused)
            .sum();
    assertThat(refused).isEqualTo(2);
  }

  @Test
  void noRangeIsNobodyAndAProcessStartedSoLetsNobodyInEither() throws Exception {
    admit();
    applied();
    assertThat(getsIn(friend, PORT) || getsIn(friend, TCP)).isFalse();
    specs.http(PORT + 2).only(2);
    long before = pid();
    applied();
    assertThat(pid()).isNotEqualTo(before);
    assertThat(getsIn(friend, PORT) || getsIn(friend, TCP) || getsIn(friend, PORT + 2)).isFalse();
  }

  @Test
  void rangesChangeInTheRunningProcessAndInItsFile() throws Exception {
    long pid = pid();
    admit(friend);
    applied();
    assertThat(pid()).isEqualTo(pid);
    Path file =
        scratch
            .settings()
            .directoryOf(specs.id)
            .resolve("current/clients/" + specs.listener(0).id() + ".map");
    assertThat(file).hasContent(friend + "/32 in");
    ProcessTable.signal(ProcessTable.find(pid).orElseThrow(), ProcessTable.Signal.KILL);
    Await.until("the process is gone", haproxy::hasDied);
    haproxy.keepLastGood();
    assertThat(getsIn(friend, TCP)).isTrue();
    assertThat(getsIn(foe, TCP)).isFalse();
  }

  @Test
  void aProcessWithoutItsTableDoesNotStart() throws Exception {
    Path generation = scratch.settings().directoryOf(specs.id).resolve("current").toRealPath();
    Files.delete(generation.resolve("clients/" + specs.listener(0).id() + ".map"));
    Finished check = new HaproxyBinary("haproxy").check(LoadBalancerFiles.configIn(generation));
    assertThat(check.succeeded()).isFalse();
    assertThat(check.output()).contains("clients/");
  }

  @Test
  void whoIsShutOutLosesWhatIsOpenAndNobodyElseDoes() throws Exception {
    specs.only(0, friend + "/32", foe + "/32", "127.0.0.1/32");
    applied();
    try (Load load = Load.start(2, specs.vip, PORT)) {
      List<Socket> friends = List.of(connect(friend, PORT), connect(friend, TCP));
      List<Socket> foes = List.of(connect(foe, PORT), connect(foe, TCP));
      for (Socket socket : friends) assertThat(ask(socket)).contains("200 OK");
      for (Socket socket : foes) assertThat(ask(socket)).contains("200 OK");

      specs.only(0, friend + "/32", "127.0.0.1/32").only(1, friend + "/32");
      applied();
      assertThat(ask(foes.get(0))).as("the next request of an idle connection").isEmpty();
      assertThat(hasEnded(foes.get(1))).isTrue();
      for (Socket socket : friends) assertThat(ask(socket)).contains("200 OK");
      int answered = load.answered();
      Await.until("the load went on", () -> load.answered() > answered + 50);
      assertThat(load.failures()).isEmpty();
    }
  }

  @Test
  void replacedProcessesShutThemOutToo() throws Exception {
    List<Socket> friends = List.of(connect(friend, PORT), connect(friend, TCP));
    List<Socket> foes = List.of(connect(foe, PORT), connect(foe, TCP));
    for (Socket socket : friends) assertThat(ask(socket)).contains("200 OK");
    for (Socket socket : foes) assertThat(ask(socket)).contains("200 OK");
    specs.http(PORT + 2);
    applied();
    assertThat(haproxy.drainingCount()).isEqualTo(1);

    admit(friend);
    applied();
    assertThat(ask(foes.get(0))).isEmpty();
    assertThat(hasEnded(foes.get(1))).isTrue();
    for (Socket socket : friends) assertThat(ask(socket)).contains("200 OK");
  }

  @Test
  void aReplacedProcessThatCannotBeAskedEndsIfItServesOneWhoIsShutOut() throws Exception {
    Socket foes = connect(foe, TCP);
    assertThat(ask(foes)).contains("200 OK");
    specs.http(PORT + 2);
    applied();
    Socket friends = connect(friend, TCP);
    assertThat(ask(friends)).contains("200 OK");
    restartAgent();
    assertThat(haproxy.drainingCount()).isEqualTo(1);

    admit(friend);
    applied();
    assertThat(hasEnded(foes)).isTrue();
    assertThat(ask(friends)).as("it is the living process's").contains("200 OK");
  }

  @Test
  void aReplacedProcessThatCannotBeAskedLivesIfItServesOnlyThoseWhoGetIn() throws Exception {
    Socket friends = connect(friend, TCP);
    assertThat(ask(friends)).contains("200 OK");
    specs.http(PORT + 2);
    applied();
    restartAgent();
    admit(friend);
    applied();
    assertThat(ask(friends)).contains("200 OK");
  }

  private void restartAgent() throws Exception {
    haproxy.release();
    haproxy = engine();
    haproxy.adopt(scratch.processes());
  }

  @Test
  void fromEverybodyToSomeAndBackIsAReloadThatEndsWhatIsOpen() throws Exception {
    specs.sources(0, new Sources.Anyone()).sources(1, new Sources.Anyone());
    applied();
    Socket foes = connect(foe, TCP);
    Socket friends = connect(friend, TCP);
    assertThat(ask(foes) + ask(friends)).contains("200 OK");
    long pid = pid();
    admit(friend);
    applied();
    assertThat(pid()).isNotEqualTo(pid);
    assertThat(hasEnded(foes)).isTrue();
    assertThat(ask(friends)).contains("200 OK");
    assertThat(getsIn(foe, PORT)).isFalse();
  }

  @Test
  void aTlsHandshakeIsNotEvenBegunWithThem() throws Exception {
    Certificates.Issued server = Certificates.authority("ca").issue("a.test");
    bundles.put(SpecJson.digest(server.pem()), server.pem());
    Tls tls =
        new Tls(
            Tls.Policy.TLS_1_2_AND_1_3,
            new Tls.Certificate(server.ref(), new ClientAuthentication.None()),
            List.of());
    specs.https(PORT + 2, tls).only(2, friend + "/32");
    applied();
    // A server waits for the first message of a handshake.
    Socket waiting = connect(friend, PORT + 2);
    waiting.setSoTimeout(500);
    assertThatThrownBy(() -> hasEnded(waiting)).isInstanceOf(SocketTimeoutException.class);
    assertThat(endsAtOnce(foe, PORT + 2)).isTrue();
  }

  @Test
  void twentyThousandRangesChangeWithinASecond() throws Exception {
    String[] many =
        IntStream.range(0, 20_000)
            .mapToObj(i -> AddressRange.of(0x0A000000L + 2L * i, 32).text())
            .toArray(String[]::new);
    specs.only(0, many);
    applied();
    assertThat(getsIn(friend, PORT)).isFalse();
    many[0] = friend + "/32";
    java.util.Arrays.sort(
        many, java.util.Comparator.comparingLong(it -> new AddressRange(it).first()));
    specs.only(0, many);
    long pid = pid();
    long begin = System.nanoTime();
    applied();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(pid()).isEqualTo(pid);
    assertThat(getsIn(friend, PORT)).isTrue();
    assertThat(took).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void aTableKnowsTheEdgesOfItsRanges() {
    ClientTable.Lookup table =
        new ClientTable(
                specs.listener(0).id(),
                List.of(new AddressRange("0.0.0.0/32"), new AddressRange("10.0.0.0/30")))
            .lookup();
    assertThat(table.admits(new IpAddress("0.0.0.0"))).isTrue();
    assertThat(table.admits(new IpAddress("0.0.0.1"))).isFalse();
    assertThat(table.admits(new IpAddress("9.255.255.255"))).isFalse();
    assertThat(table.admits(new IpAddress("10.0.0.0"))).isTrue();
    assertThat(table.admits(new IpAddress("10.0.0.3"))).isTrue();
    assertThat(table.admits(new IpAddress("10.0.0.4"))).isFalse();
    assertThat(table.admits(new IpAddress("255.255.255.255"))).isFalse();
  }
}
