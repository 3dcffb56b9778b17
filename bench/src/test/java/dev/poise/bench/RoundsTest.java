package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.bench.Rounds.Unit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private static final Bar BAR = Bar.atLeast("median", 0.9);
  private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Report report =
      new Report(new PrintStream(printed, true, StandardCharsets.UTF_8), new LinkedHashMap<>());
  private final Contender one = contender("one");
  private final Contender other = contender("other");

  /** How fast the machine is in the next turns; the last one goes on. */
  private final List<Double> speeds = new ArrayList<>(List.of(100.0));

  private final List<Integer> seconds = new ArrayList<>();

  private static Contender contender(String name) {
    return new Contender(name, Room.OF_POISE, NOWHERE, () -> Duration.ZERO);
  }

  private LoadGenerator.Result run(Room room, InetSocketAddress target, int duration) {
    seconds.add(duration);
    double speed = speeds.size() > 1 ? speeds.removeFirst() : speeds.getFirst();
    return new LoadGenerator.Result(100, speed, 1);
  }

  private void measure(Repetition repetition, Comparison comparison) {
    List<Contender> both = List.of(one, other);
    new Rounds("HTTP", Unit.REQUEST, this::run, both, repetition)
        .measure(report, List.of(comparison));
  }

  @Test
  void whatIsKnownNeedsNoMoreRounds() {
    measure(new Repetition(7, 99, 3), Comparison.ofAnswers("one / other", one, other).with(BAR));
    assertThat(one.turns()).hasSize(7);
    assertThat(seconds).as("both warm up before").hasSize(2 + 2 * 7).endsWith(3, 3);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("in each of 7 rounds", "1.000", "met", "one: 7 requests failed");
  }

  @Test
  void whatIsNotKnownYetNeedsMore() {
    // Twelve rounds in which one of the two is disturbed, this one or that one.
    speeds.clear();
    speeds.addAll(List.of(100.0, 100.0));
    for (int round = 0; round < 6; round++) speeds.addAll(List.of(50.0, 100.0, 50.0, 100.0));
    speeds.add(100.0);
    measure(new Repetition(6, 99, 1), Comparison.ofAnswers("one / other", one, other).with(BAR));
    assertThat(one.turns()).hasSizeBetween(13, 98);
    assertThat(Comparison.ofAnswers("", one, other).ratios().median()).isEqualTo(1);
  }

  @Test
  void whatIsNeverKnownEnds() {
    speeds.clear();
    for (int turn = 0; turn < 100; turn++) speeds.add(100.0 + 40 * (turn % 5));
    measure(new Repetition(6, 15, 1), Comparison.ofAnswers("one / other", one, other).with(BAR));
    assertThat(one.turns()).hasSize(15);
  }

  @Test
  void whatHasNoBarNeedsNoMoreRounds() {
    speeds.clear();
    for (int turn = 0; turn < 100; turn++) speeds.add(100.0 + 40 * (turn % 5));
    measure(new Repetition(6, 15, 1), Comparison.ofAnswers("one / other", one, other));
    assertThat(one.turns()).hasSize(6);
  }

  @Test
  void twoAreComparedWithinEachRoundWhoeverCameFirst() {
    // There and back: one, other; other, one.
    speeds.clear();
    speeds.addAll(List.of(1.0, 1.0, 90.0, 100.0, 10.0, 9.0));
    measure(Repetition.exactly(2, 1), Comparison.ofAnswers("one / other", one, other));
    assertThat(Comparison.ofAnswers("one / other", one, other).ratios())
        .isEqualTo(Sample.of(List.of(0.9, 0.9)));
  }
}
