package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpecMemoryTest {
  private final SpecMemory memory = new SpecMemory();

  @Test
  void findsTheTextOfADigest() {
    memory.put("a", "{\"port\":80}");
    assertThat(memory.find("a")).contains("{\"port\":80}");
    assertThat(memory.find("b")).isEmpty();
  }

  @Test
  void forgetsRatherThanFillTheMemory() {
    String large = "x".repeat(1 << 20);
    int many = (int) (Runtime.getRuntime().maxMemory() / 32 / large.length()) + 10;
    for (int i = 0; i < many; i++) memory.put("" + i, large);
    int left = 0;
    for (int i = 0; i < many; i++) if (memory.find("" + i).isPresent()) left++;
    assertThat(left).isPositive().isLessThan(many);
  }
}
