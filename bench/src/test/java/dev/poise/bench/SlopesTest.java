package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SlopesTest {
  private static final Offset<Double> EXACTLY = Offset.offset(1e-9);

  @Test
  void whatGrowsInALineHasItsSlope() {
    Slopes slopes = new Slopes();
    for (int size : List.of(1, 100, 500)) {
      slopes.add(size, List.of(Figure.of("weight", "p95", 50 + 0.2 * size)));
    }
    Figure line = slopes.of("p95").getFirst();
    assertThat(line.numbers().sequencedKeySet()).containsExactly("1", "100", "500", "per 100");
    assertThat(line.numbers().get("500")).isEqualTo(150, EXACTLY);
    assertThat(line.numbers().get("per 100")).isEqualTo(20, EXACTLY);
  }

  @Test
  void aDetourInTheMiddleCountsLess() {
    Slopes slopes = new Slopes();
    slopes.add(0, List.of(Figure.of("weight", "p95", 10)));
    slopes.add(100, List.of(Figure.of("weight", "p95", 40)));
    slopes.add(200, List.of(Figure.of("weight", "p95", 30)));
    assertThat(slopes.of("p95").getFirst().numbers().get("per 100")).isEqualTo(10, EXACTLY);
  }

  @Test
  void aSingleSizeHasNoSlope() {
    Slopes slopes = new Slopes();
    slopes.add(5, List.of(Figure.of("weight", "p50", 7)));
    assertThat(slopes.of("p50").getFirst().numbers().sequencedKeySet()).containsExactly("5");
  }
}
