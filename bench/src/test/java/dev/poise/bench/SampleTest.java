package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleTest {
  private static final Sample HUNDRED =
      Sample.of(IntStream.rangeClosed(1, 100).mapToObj(i -> (double) (101 - i)).toList());

  @Test
  void aPercentileIsTheSmallestValueThatSoManyDoNotExceed() {
    assertThat(HUNDRED.percentile(50)).isEqualTo(50);
    assertThat(HUNDRED.percentile(95)).isEqualTo(95);
    assertThat(HUNDRED.percentile(99)).isEqualTo(99);
    assertThat(HUNDRED.percentile(100)).isEqualTo(100);
    assertThat(Sample.of(List.of(3.0, 1.0, 2.0)).percentile(95)).isEqualTo(3);
    assertThat(Sample.of(List.of(7.0)).percentile(1)).isEqualTo(7);
  }

  @Test
  void theExtremesAndTheMiddleDoNotDependOnTheOrderOfMeasuring() {
    Sample sample = Sample.of(List.of(5.0, 1.0, 9.0, 3.0, 7.0));

    assertThat(sample.lowest()).isEqualTo(1);
    assertThat(sample.median()).isEqualTo(5);
    assertThat(sample.highest()).isEqualTo(9);
    assertThat(sample.mean()).isEqualTo(5);
  }

  /** By the binomial distribution, as tables of its ranks have it. */
  @ParameterizedTest
  @CsvSource({"1, 1", "5, 1", "6, 1", "8, 1", "9, 2", "11, 2", "20, 6", "25, 8", "100, 40"})
  void theMedianOfMoreIsBetweenTwoRanks(int size, int rank) {
    Sample sample = Sample.of(IntStream.rangeClosed(1, size).mapToObj(i -> (double) i).toList());

    assertThat(sample.medianInterval()).isEqualTo(new Sample.Interval(rank, size + 1 - rank));
  }

  @Test
  void theMedianIsInItsIntervalAsOftenAsItSays() {
    Random random = new Random(7);
    int trials = 2000;
    long right =
        IntStream.range(0, trials)
            .mapToObj(_ -> Sample.of(random.doubles(31).boxed().toList()).medianInterval())
            .filter(interval -> interval.from() <= 0.5 && 0.5 <= interval.to())
            .count();

    assertThat(right / (double) trials).isBetween(0.95, 0.985);
  }

  @Test
  void nothingMeasuredIsNoSample() {
    assertThatThrownBy(() -> Sample.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
