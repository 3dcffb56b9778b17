package dev.poise.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.ledger.RemovalGuard.Decision;
import dev.poise.spec.ClusterId;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.Manifest;
import dev.poise.spec.NodeId;
import dev.poise.spec.Redundancy;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemovalGuardTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<LoadBalancerId> IDS =
      IntStream.range(0, 200).mapToObj(i -> LoadBalancerId.generate(NOW)).toList();

  private static Manifest manifest(
      long revision, List<LoadBalancerId> listed, List<LoadBalancerId> tombstones, long confirmed) {
    List<Manifest.Entry> entries =
        listed.stream().map(id -> new Manifest.Entry(id, 1, "0".repeat(64))).toList();
    return new Manifest(
        ClusterId.generate(NOW),
        NodeId.generate(NOW),
        revision,
        new Redundancy.None(),
        List.of(),
        entries,
        tombstones,
        confirmed,
        List.of());
  }

  private static Decision decide(int known, Map<LoadBalancerId, Long> held, Manifest manifest) {
    return RemovalGuard.decide(IDS.subList(0, known), held, manifest);
  }

  @ParameterizedTest(name = "{0} on the node, {1} missing: held {2}")
  @CsvSource({
    "1, 1, false",
    "5, 5, false",
    "6, 6, true",
    "6, 5, false",
    "25, 5, false",
    "25, 6, true",
    "100, 20, false",
    "100, 21, true",
    "200, 40, false",
    "200, 200, true",
    "10, 0, false"
  })
  void manyAtOnceAreHeldAndFewAreBelieved(int known, int missing, boolean held) {
    List<LoadBalancerId> listed = IDS.subList(missing, known);
    Decision decision = decide(known, Map.of(), manifest(7, listed, List.of(), 0));
    Set<LoadBalancerId> left = Set.copyOf(IDS.subList(0, missing));
    assertThat(decision.held().keySet()).isEqualTo(held ? left : Set.of());
    assertThat(decision.removed()).isEqualTo(held ? Set.of() : left);
    if (held) assertThat(decision.held().values()).containsOnly(7L);
  }

  @Test
  void tombstonesAreAlwaysBelieved() {
    Decision decision = decide(50, Map.of(), manifest(7, List.of(), IDS.subList(0, 50), 0));
    assertThat(decision.removed()).hasSize(50);
    assertThat(decision.held()).isEmpty();
  }

  @Test
  void tombstonesDoNotCountAsMissing() {
    Manifest manifest = manifest(7, IDS.subList(25, 50), IDS.subList(0, 20), 0);
    Decision decision = decide(50, Map.of(), manifest);
    assertThat(decision.removed()).hasSize(25);
  }

  @Test
  void whatIsHeldStaysHeldAlthoughOthersCameBack() {
    Map<LoadBalancerId, Long> held = heldAt(7, 30);
    Decision decision = decide(100, held, manifest(8, IDS.subList(2, 100), List.of(), 0));
    assertThat(decision.held()).isEqualTo(heldAt(7, 2));
    assertThat(decision.removed()).isEmpty();
  }

  @Test
  void oneMoreMissingIsBelievedOnlyIfAllTogetherAreFew() {
    Decision few = decide(100, heldAt(7, 10), manifest(8, IDS.subList(11, 100), List.of(), 0));
    assertThat(few.removed()).containsExactly(IDS.get(10));
    assertThat(few.held()).hasSize(10);
    Decision many = decide(100, heldAt(7, 30), manifest(8, IDS.subList(31, 100), List.of(), 0));
    assertThat(many.removed()).isEmpty();
    assertThat(many.held()).hasSize(31).containsEntry(IDS.get(30), 8L);
  }

  @Test
  void aConfirmationReleasesWhatWasLeftOutUntilThen() {
    Manifest manifest = manifest(9, IDS.subList(31, 100), List.of(), 7);
    Map<LoadBalancerId, Long> held = new java.util.HashMap<>(heldAt(7, 30));
    held.put(IDS.get(30), 8L);
    Decision decision = decide(100, held, manifest);
    assertThat(decision.removed()).isEqualTo(Set.copyOf(IDS.subList(0, 30)));
    assertThat(decision.held()).containsOnlyKeys(IDS.get(30));
  }

  @Test
  void anOldConfirmationDoesNotCoverANewLoss() {
    Decision decision = decide(100, Map.of(), manifest(12, List.of(), List.of(), 11));
    assertThat(decision.removed()).isEmpty();
    assertThat(decision.held()).hasSize(100);
  }

  @Test
  void theReportNamesTheRevisionThatConfirmsAll() {
    Decision decision =
        new Decision(Set.of(), Map.of(IDS.get(1), 7L, IDS.get(0), 9L, IDS.get(2), 8L));
    List<LoadBalancerId> sorted =
        IDS.subList(0, 3).stream().sorted(Comparator.comparing(LoadBalancerId::text)).toList();
    assertThat(decision.heldRemovals()).isEqualTo(new HeldRemovals(9, sorted));
    assertThat(new Decision(Set.of(), Map.of()).heldRemovals()).isEqualTo(HeldRemovals.NONE);
  }

  private static Map<LoadBalancerId, Long> heldAt(long revision, int count) {
    return IDS.subList(0, count).stream()
        .collect(Collectors.toMap(Function.identity(), id -> revision));
  }
}
