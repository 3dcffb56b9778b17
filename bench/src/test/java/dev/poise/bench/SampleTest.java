package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

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

  @Test
  void nothingMeasuredIsNoSample() {
    assertThatThrownBy(() -> Sample.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
