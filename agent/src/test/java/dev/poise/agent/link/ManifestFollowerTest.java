package dev.poise.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.ledger.Bundles;
import dev.poise.agent.ledger.Ledger;
import dev.poise.agent.observe.ReportBoard;
import dev.poise.agent.support.FakeServer;
import dev.poise.agent.support.Specs;
import dev.poise.spec.Capabilities;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Manifest;
import dev.poise.spec.NodeId;
import dev.poise.spec.SpecJson;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ManifestFollowerTest {
  @TempDir Path directory;
  private FakeServer server;
  private Bundles bundles;
  private Ledger ledger;
  private final AtomicInteger changes = new AtomicInteger();
  private final ReportBoard board =
      new ReportBoard(
          NodeId.generate(Instant.now()),
          "session",
          new Capabilities(Map.of(), List.of(), List.of(), Map.of()),
          InstantSource.system());

  @BeforeEach
  void start() throws Exception {
    server = new FakeServer();
    ledger = Ledger.open(directory);
    bundles = Bundles.open(directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ManifestFollower follower(NodeId node, String key) {
    return new ManifestFollower(
        new ServerClient(server.address(), key),
        ledger,
        bundles,
        node,
        board,
        changes::incrementAndGet);
  }

  private Duration step() throws InterruptedException {
    return follower(server.node, server.key).step();
  }

  @Test
  void bringsSpecsAndManifestIntoTheLedgerBeforeAnybodyActs() throws Exception {
    LoadBalancerSpec spec = new Specs().http(80).next();
    server.put(spec);
    ManifestFollower follower =
        new ManifestFollower(
            new ServerClient(server.address(), server.key),
            ledger,
            bundles,
            server.node,
            board,
            () -> {
              Manifest manifest = ledger.manifest().orElseThrow();
              assertThat(ledger.hasSpec(manifest.loadBalancers().getFirst().digest())).isTrue();
              changes.incrementAndGet();
            });
    assertThat(follower.step()).isZero();
    assertThat(changes).hasValue(1);
    assertThat(ledger.revision()).isEqualTo(1);
  }

  @Test
  void fetchesOnlyWhatItDoesNotHaveAndNotTooMuchAtOnce() throws Exception {
    for (int i = 0; i < 450; i++) server.put(new Specs().http(80).next());
    assertThat(step()).isZero();
    assertThat(server.fetches()).containsExactly(200, 200, 50);
    server.put(new Specs().http(80).next());
    assertThat(step()).isZero();
    assertThat(server.fetches()).containsExactly(200, 200, 50, 1);
  }

  @Test
  void fetchesNothingThatCameWithTheManifest() throws Exception {
    LoadBalancerSpec spec = new Specs().http(80).next();
    server.put(spec);
    server.sendSpecs();
    assertThat(step()).isZero();
    assertThat(server.fetches()).isEmpty();
    Manifest kept = ledger.manifest().orElseThrow();
    assertThat(kept.specs()).isEmpty();
    assertThat(ledger.hasSpec(kept.loadBalancers().getFirst().digest())).isTrue();
  }

  @Test
  @Timeout(30)
  void takesEachManifestOfAnAnswerAsItComes() throws Exception {
    server.put(new Specs().http(80).next());
    ManifestFollower follower = follower(server.node, server.key);
    assertThat(follower.step()).isZero();
    Thread following = Thread.startVirtualThread(follower);
    for (int revision = 2; revision < 6; revision++) {
      server.put(new Specs().http(80).next());
      while (ledger.revision() != revision) Thread.sleep(1);
    }
    following.interrupt();
    following.join();
    assertThat(changes).hasValue(5);
    assertThat(server.answers()).as("the first, and one for all others").isEqualTo(2);
  }

  @Test
  void refusesARevisionThatSaysSomethingElseThanBefore() throws Exception {
    LoadBalancerSpec spec = new Specs().http(80).next();
    server.put(spec);
    step();
    Manifest accepted = ledger.manifest().orElseThrow();
    // Two servers that disagree: the tag does not match although the revision does.
    server.contradict();
    assertThat(step()).isPositive();
    assertThat(ledger.manifest()).contains(accepted);
    assertThat(changes).hasValue(1);
  }

  @Test
  void pausesWhenTheServerWasSetBack() throws Exception {
    server.put(new Specs().http(80).next());
    server.put(new Specs().http(80).next());
    step();
    server.setBack(1);
    assertThat(step()).isPositive();
    assertThat(ledger.revision()).isEqualTo(2);
    assertThat(changes).hasValue(1);
  }

  @Test
  void refusesAManifestForAnotherNode() throws Exception {
    server.put(new Specs().http(80).next());
    NodeId other = NodeId.generate(Instant.EPOCH);
    assertThat(follower(other, server.key).step()).isPositive();
    assertThat(ledger.manifest()).isEmpty();
  }

  @Test
  void refusesASpecThatIsNotWhatItsDigestSays() throws Exception {
    LoadBalancerSpec spec = new Specs().http(80).next();
    server.put(spec);
    server.corrupt(SpecJson.digest(SpecJson.write(spec)));
    assertThat(step()).isPositive();
    assertThat(ledger.manifest()).isEmpty();
    assertThat(changes).hasValue(0);
  }

  @Test
  void aSpecThatIsGoneDoesNotHoldUpTheManifest() throws Exception {
    server.put(new Specs().http(80).next());
    server.loseSpecs();
    assertThat(step()).isZero();
    assertThat(ledger.revision()).isEqualTo(1);
  }

  @Test
  void pausesLongerAndLongerWhileTheServerRefusesTheKey() throws Exception {
    ManifestFollower follower = follower(server.node, "wrong");
    Duration first = follower.step();
    assertThat(first).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
    Duration last = first;
    for (int i = 0; i < 8; i++) last = follower.step();
    assertThat(last).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void aServerThatIsAwayEndsNothing() throws Exception {
    server.close();
    assertThat(step()).isPositive();
  }
}
