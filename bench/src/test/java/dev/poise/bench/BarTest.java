package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BarTest {
  @Test
  void aNumberOnTheLimitMeetsAllBarsButBelow() {
    assertThat(Bar.below("p95", 150).isMetBy(150)).isFalse();
    assertThat(Bar.below("p95", 150).isMetBy(149.9)).isTrue();
    assertThat(Bar.atMost("failed", 0).isMetBy(0)).isTrue();
    assertThat(Bar.atMost("failed", 0).isMetBy(1)).isFalse();
    assertThat(Bar.atLeast("median", 0.97).isMetBy(0.97)).isTrue();
    assertThat(Bar.atLeast("median", 0.97).isMetBy(0.969)).isFalse();
  }

  @Test
  void aBarReadsLikeASentence() {
    assertThat(Bar.below("p95", 150)).hasToString("p95 < 150");
    assertThat(Bar.atLeast("median", 0.97)).hasToString("median >= 0.97");
  }
}
