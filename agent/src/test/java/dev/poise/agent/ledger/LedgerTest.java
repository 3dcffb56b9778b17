package dev.poise.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.agent.ledger.Ledger.Judgement;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.Manifest;
import dev.poise.spec.NodeId;
import dev.poise.spec.Redundancy;
import dev.poise.spec.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final ClusterId CLUSTER = ClusterId.generate(NOW);
  private static final NodeId NODE = NodeId.generate(NOW);

  @TempDir Path directory;

  private static Manifest manifest(long revision, long confirmed) {
    return new Manifest(
        CLUSTER,
        NODE,
        revision,
        new Redundancy.None(),
        List.of(),
        List.of(),
        List.of(),
        confirmed,
        List.of());
  }

  @Test
  void remembersWhatItAccepted() throws IOException {
    Ledger ledger = Ledger.open(directory);
    assertThat(ledger.revision()).isZero();
    ledger.accept(manifest(3, 1));
    assertThat(Ledger.open(directory).manifest()).contains(manifest(3, 1));
  }

  @Test
  void judgesByRevisionAndContent() throws IOException {
    Ledger ledger = Ledger.open(directory);
    assertThat(ledger.judge(manifest(1, 0))).isEqualTo(Judgement.NEWER);
    ledger.accept(manifest(5, 0));
    assertThat(ledger.judge(manifest(6, 0))).isEqualTo(Judgement.NEWER);
    assertThat(ledger.judge(manifest(5, 0))).isEqualTo(Judgement.SAME);
    assertThat(ledger.judge(manifest(5, 1))).isEqualTo(Judgement.CONTRADICTING);
    assertThat(ledger.judge(manifest(4, 0))).isEqualTo(Judgement.OLDER);
  }

  @Test
  void revisionsOfTheNodeThatTheMachineWasBeforeSayNothing() throws IOException {
    Ledger ledger = Ledger.open(directory);
    ledger.accept(manifest(5, 0));
    NodeId other = NodeId.generate(NOW);
    assertThat(ledger.revisionOf(NODE)).isEqualTo(5);
    assertThat(ledger.revisionOf(other)).isZero();
    Manifest theirs =
        new Manifest(
            CLUSTER,
            other,
            2,
            new Redundancy.None(),
            List.of(),
            List.of(),
            List.of(),
            0,
            List.of());
    assertThat(ledger.judge(theirs)).isEqualTo(Judgement.NEWER);
    ledger.accept(theirs);
    assertThat(Ledger.open(directory).revisionOf(other)).isEqualTo(2);
  }

  @Test
  void acceptsNothingThatIsNotNewer() throws IOException {
    Ledger ledger = Ledger.open(directory);
    ledger.accept(manifest(5, 0));
    assertThatThrownBy(() -> ledger.accept(manifest(5, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Ledger.open(directory).manifest()).contains(manifest(5, 0));
  }

  @Test
  void keepsSpecsUntilNothingNamesThem() throws IOException {
    Ledger ledger = Ledger.open(directory);
    String digest = SpecJson.digest("{}");
    ledger.putSpec(digest, "{}");
    assertThat(Ledger.open(directory).spec(digest)).contains("{}");
    ledger.keepSpecs(Set.of(digest));
    assertThat(ledger.hasSpec(digest)).isTrue();
    ledger.keepSpecs(Set.of());
    assertThat(ledger.hasSpec(digest)).isFalse();
  }

  @Test
  void takesNoDigestForAFileName() throws IOException {
    Ledger ledger = Ledger.open(directory);
    assertThatThrownBy(() -> ledger.putSpec("../manifest", "{}"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void remembersWhatIsHeld() throws IOException {
    LoadBalancerId id = LoadBalancerId.generate(NOW);
    Ledger.open(directory).putHeld(Map.of(id, 7L));
    assertThat(Ledger.open(directory).held()).isEqualTo(Map.of(id, 7L));
  }

  @Test
  void goesOnWithoutAManifestThatCannotBeRead() throws IOException {
    Ledger.open(directory).accept(manifest(5, 0));
    Files.writeString(directory.resolve("manifest.json"), "{\"revision\":");
    assertThat(Ledger.open(directory).manifest()).isEmpty();
  }

  @Test
  void anInterruptedWriteLeavesTheOldText() throws IOException {
    Ledger.open(directory).accept(manifest(5, 0));
    Files.writeString(directory.resolve("manifest.json.new"), "{\"rev");
    assertThat(Ledger.open(directory).revision()).isEqualTo(5);
  }

  @Test
  void aManifestOfAnOlderFormIsAsGoodAsNone() throws IOException {
    Ledger.open(directory).accept(manifest(5, 0));
    Path file = directory.resolve("manifest.json");
    String older =
        Files.readString(file)
            .replaceFirst("\"networks\":\\[],", "")
            .replaceFirst("\"redundancy\":\\{[^}]*},", "");
    assertThat(older).contains("\"revision\":5").doesNotContain("redundancy");
    Files.writeString(file, older);
    Ledger ledger = Ledger.open(directory);
    assertThat(ledger.manifest()).isEmpty();
    ledger.accept(manifest(5, 0));
    assertThat(Ledger.open(directory).revision()).isEqualTo(5);
  }
}
