package dev.poise.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartTest {
  @Test
  void tellsASignalFromAnExitCode() {
    assertThat(Part.describe(137)).isEqualTo("was killed by signal 9");
    assertThat(Part.describe(1)).isEqualTo("ended with exit code 1");
    assertThat(Part.describe(0)).isEqualTo("ended with exit code 0");
  }
}
