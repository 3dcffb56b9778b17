package dev.poise.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.agent.engine.ProcessIdentity;
import dev.poise.agent.engine.ProcessTable;
import dev.poise.agent.support.Await;
import dev.poise.agent.support.Backend;
import dev.poise.agent.support.Certificates;
import dev.poise.agent.support.Http;
import dev.poise.agent.support.Specs;
import dev.poise.spec.BundleRef;
import dev.poise.spec.ClientAuthentication;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberReport.Health;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.Serving;
import dev.poise.spec.SpecJson;
import dev.poise.spec.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole agent, a real HAProxy, a server that remembers what it was told. */
class NodeTest extends AgentUnderTest {
  private static final int PORT = 8080;

  private Backend backend;
  private Specs specs;

  @BeforeEach
  void prepare() throws Exception {
    backend = Backend.start("one");
    specs = new Specs().http(PORT).member(backend);
  }

  @AfterEach
  void closeBackend() {
    backend.close();
  }

  private long pid(LoadBalancerId id) {
    return server.of(id).serving() instanceof Serving.Running now ? now.pid() : 0;
  }

  @Test
  void servesWhatTheServerWantsAndReportsIt() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    healthy(specs.id);
    assertThat(Http.get(specs.vip, PORT).body()).isEqualTo("one");
    Await.until("counted", () -> server.of(specs.id).listeners().getFirst().responses2xx() == 1);
    LoadBalancerReport report = server.of(specs.id);
    assertThat(report.members().getFirst().reason()).isEqualTo("connection accepted");
    assertThat(report.members().getFirst().connections()).isEqualTo(1);
    assertThat(report.listeners().getFirst().requests()).isEqualTo(1);
    assertThat(server.last().acceptedRevision()).isEqualTo(server.revision());
    assertThat(server.last().capabilities().versions().get("haproxy")).startsWith("2.");
  }

  @Test
  void aChangeIsReportedWithinASecond() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    long begin = System.nanoTime();
    server.put(specs.weight(0, 7).next());
    applied(specs.id, 2);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void countersGrowOverReloads() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    healthy(specs.id);
    for (int round = 1; round <= 4; round++) {
      assertThat(Http.get(specs.vip, PORT).status()).isEqualTo(200);
      server.put(specs.http(9000 + round).next());
      applied(specs.id, 1 + round);
    }
    Await.until("counted", () -> server.of(specs.id).listeners().getFirst().requests() == 4);
    assertThat(server.of(specs.id).members().getFirst().connections()).isEqualTo(4);
  }

  @Test
  void whatAReplacedProcessServesCountsAsActive() throws Exception {
    specs.withoutListeners().tcp(PORT);
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    healthy(specs.id);
    try (Socket client = new Socket(specs.vip.text(), PORT)) {
      assertThat(client.isConnected()).isTrue();
      Await.until("active", () -> active() == 1);
      server.put(specs.mode(0, MemberMode.DRAINING).tcp(PORT + 1).next());
      applied(specs.id, 2);
      int reports = server.count();
      Await.until("two more reports", () -> server.count() > reports + 1);
      assertThat(active()).isEqualTo(1);
    }
    Await.until("no longer active", () -> active() == 0);
  }

  private long active() {
    return server.of(specs.id).members().getFirst().activeConnections();
  }

  @Test
  void aMemberThatFailsIsReportedWithTheReason() throws Exception {
    specs.httpCheck("/check");
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    healthy(specs.id);
    backend.checkStatus(503);
    Await.until("unhealthy", () -> isEverybody(specs.id, Health.UNHEALTHY));
    assertThat(server.of(specs.id).members().getFirst().reason())
        .isEqualTo("HTTP 503, expected 200-399");
    backend.close();
    Await.until(
        "refused",
        () -> server.of(specs.id).members().getFirst().reason().equals("connection refused"));
  }

  @Test
  void servesFromItsLedgerWhileThereIsNoServer() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    stopAgent();
    endProcesses();
    server.stop();

    startAgent();
    Await.until("served again", () -> statusOf(PORT) == 200);
    server.restart();
    int before = server.count();
    Await.until("reported again", () -> server.count() > before && server.last().full());
    assertThat(server.last().acceptedRevision()).isEqualTo(1);
  }

  private int statusOf(int port) {
    try {
      return Http.get(specs.vip, port).status();
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void aRevokedNodeServesOnAndIsWelcomeAgain() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    healthy(specs.id);
    server.revoke(true);
    // Its poll of before still waits; what is new it must not get.
    server.put(specs.next());
    Await.until("asks as nobody", () -> server.refused() > 2);
    assertThat(Http.get(specs.vip, PORT).body()).isEqualTo("one");
    server.revoke(false);
    applied(specs.id, 2);
  }

  private void endProcesses() throws Exception {
    for (ProcessIdentity process : scratch.processes()) {
      ProcessTable.signal(process, ProcessTable.Signal.KILL);
      assertThat(ProcessTable.awaitEnd(process, Duration.ofSeconds(2))).isTrue();
    }
  }

  @Test
  void aRestartedAgentAdoptsWhatRuns() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    long pid = pid(specs.id);
    stopAgent();
    assertThat(statusOf(PORT)).isEqualTo(200);

    int before = server.count();
    startAgent();
    Await.until("reported again", () -> server.count() > before);
    NodeReport first = server.reports().get(before);
    assertThat(first.full()).isTrue();
    assertThat(first.loadBalancers()).extracting(LoadBalancerReport::id).containsExactly(specs.id);
    assertThat(pid(specs.id)).isEqualTo(pid);
    assertThat(scratch.processes()).hasSize(1);
  }

  @Test
  void aProcessThatDiesIsBackWithinTwoSeconds() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    healthy(specs.id);
    endProcesses();
    Await.within(Duration.ofSeconds(2), "served again", () -> statusOf(PORT) == 200);
  }

  @Test
  void aTakenPortHealsByItself() throws Exception {
    InetAddress address = InetAddress.getByName(specs.vip.text());
    startAgent();
    try (ServerSocket taken = new ServerSocket(PORT, 10, address)) {
      assertThat(taken.isBound()).isTrue();
      server.put(specs.next());
      Await.until(
          "refused",
          () ->
              server.knows(specs.id)
                  && server.of(specs.id).outcome() instanceof Outcome.Refused refused
                  && refused.why().contains("Address already in use"));
    }
    applied(specs.id, 1);
  }

  @Test
  void whatIsNotUnderstoodIsRefusedAndTheOldOneServesOn() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    String newer = SpecJson.write(specs.next()).replace("\"port\":8080", "\"port\":8080,\"x\":1");
    Specs other = new Specs().http(PORT).member(backend);
    server.putText(specs.id, 2, newer);
    server.put(other.next());
    applied(other.id, 1);
    Await.until(
        "refused",
        () ->
            server.of(specs.id).outcome() instanceof Outcome.Refused refused
                && refused.generation() == 2
                && refused.why().equals("the option 'x' is not known here"));
    assertThat(statusOf(PORT)).isEqualTo(200);
  }

  @Test
  void whatIsDeletedIsGone() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    server.delete(specs.id);
    Await.until("gone", () -> !server.knows(specs.id));
    assertThat(scratch.processes()).isEmpty();
    assertThat(statusOf(PORT)).isZero();
    assertThat(scratch.settings().directoryOf(specs.id)).doesNotExist();
  }

  @Test
  void manyThatGoMissingAreHeldUntilConfirmed() throws Exception {
    startAgent();
    List<Specs> all = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      all.add(new Specs().http(PORT).member(backend));
      server.put(all.getLast().next());
    }
    for (Specs each : all) applied(each.id, 1);
    server.lose(all.stream().map(each -> each.id).skip(1).toList());
    long leftOut = server.revision();
    Await.until("held", () -> server.last().heldRemovals().revision() == leftOut);
    assertThat(server.last().heldRemovals().loadBalancers()).hasSize(6);
    Await.until("said so", () -> server.of(all.getLast().id).outcome() instanceof Outcome.Held);
    assertThat(Http.get(all.getLast().vip, PORT).status()).isEqualTo(200);

    stopAgent();
    startAgent();
    Await.until("still held", () -> server.last().heldRemovals().revision() == leftOut);
    assertThat(scratch.processes()).hasSize(7);

    server.confirm(leftOut);
    Await.until("removed", () -> scratch.processes().size() == 1);
    Await.until("told", () -> server.last().heldRemovals().loadBalancers().isEmpty());
    assertThat(server.isApplied(all.getFirst().id, 1)).isTrue();
  }

  @Test
  void aServerThatWasSetBackIsNotFollowed() throws Exception {
    startAgent();
    server.put(specs.next());
    server.put(specs.weight(0, 2).next());
    applied(specs.id, 2);
    server.lose(List.of(specs.id));
    Await.until("believed, it is only one", () -> !server.knows(specs.id));
    long accepted = server.revision();
    server.put(specs.weight(0, 3).next());
    applied(specs.id, 3);
    server.setBack(1);
    int before = server.count();
    Await.until("two heartbeats", () -> server.count() > before + 2);
    assertThat(server.last().acceptedRevision()).isEqualTo(accepted + 1);
    assertThat(server.last().problems().getFirst()).startsWith("refused revision 1: ");
    assertThat(statusOf(PORT)).isEqualTo(200);
    server.put(specs.next());
    server.setBack(accepted + 2);
    Await.until("no problem any more", () -> server.last().problems().isEmpty());
  }

  @Test
  void aServerThatForgotGetsEverythingAgain() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    server.forgetReports();
    Await.until("known again", () -> server.isApplied(specs.id, 1));
    assertThat(server.last().full()).isTrue();
  }

  @Test
  void aSpecThatCannotBeHadHoldsUpItsLoadBalancerOnly() throws Exception {
    startAgent();
    server.put(specs.next());
    server.loseSpecs();
    Specs other = new Specs().http(PORT).member(backend);
    server.put(other.next());
    applied(other.id, 1);
    server.put(specs.weight(0, 2).next());
    applied(specs.id, 2);
  }

  @Test
  void twoAgentsDoNotWorkInOneDirectory() throws Exception {
    startAgent();
    assertThatThrownBy(() -> Node.start(config(), "test"))
        .isInstanceOf(AgentConfig.Unusable.class)
        .hasMessageContaining("another agent");
  }

  private static Tls tls(BundleRef bundle) {
    return new Tls(
        Tls.Policy.TLS_1_2_AND_1_3,
        new Tls.Certificate(bundle, new ClientAuthentication.None()),
        List.of());
  }

  @Test
  void certificateMaterialIsFetchedKeptSecretAndDeletedWhenNothingNamesIt() throws Exception {
    Certificates authority = Certificates.authority("servers");
    Certificates.Issued first = authority.issue("a.test");
    server.putBundle(first.ref().digest(), first.pem());
    startAgent();
    assertThat(config().settings().dataDirectory().resolve("bundles")).exists();
    server.put(specs.withoutListeners().https(PORT, tls(first.ref())).next());
    applied(specs.id, 1);
    assertThat(server.last().capabilities().protocols()).contains("HTTPS");
    Path file = bundle(first);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file.resolveSibling(""))))
        .isEqualTo("rwx------");

    Certificates.Issued second = authority.issue("a.test");
    server.putBundle(second.ref().digest(), second.pem());
    server.put(specs.withoutListeners().https(PORT, tls(second.ref())).next());
    applied(specs.id, 2);
    Await.until("the first is deleted", () -> !Files.exists(file));
    assertThat(Files.exists(bundle(second))).isTrue();
    server.delete(specs.id);
    Await.until("the second is deleted", () -> !Files.exists(bundle(second)));
    Await.until("gone", () -> !server.knows(specs.id));
    try (Stream<Path> left = Files.walk(scratch.settings().dataDirectory())) {
      assertThat(left.filter(path -> path.toString().endsWith(".pem"))).isEmpty();
    }
  }

  private Path bundle(Certificates.Issued issued) {
    return scratch
        .settings()
        .dataDirectory()
        .resolve("bundles")
        .resolve(issued.ref().digest() + ".pem");
  }

  @Test
  void aSpecWhoseCertificateIsMissingWaitsAndTheOldOneServesOn() throws Exception {
    startAgent();
    server.put(specs.next());
    applied(specs.id, 1);
    Certificates.Issued issued = Certificates.authority("servers").issue("a.test");
    server.put(specs.https(8443, tls(issued.ref())).next());
    Await.until(
        "held",
        () ->
            server.of(specs.id).outcome() instanceof Outcome.Held held
                && held.generation() == 2
                && held.why().contains("certificate cert_"));
    assertThat(statusOf(PORT)).isEqualTo(200);
    server.putBundle(issued.ref().digest(), "not it");
    Specs other = new Specs().http(PORT).member(backend);
    server.put(other.next());
    server.putBundle(issued.ref().digest(), issued.pem());
    applied(specs.id, 2);
    applied(other.id, 1);
  }
}
