package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrafficKindTest {
  @Test
  void theCommandLineNamesKindsInLowerCase() {
    assertThat(TrafficKind.names())
        .containsExactly(
            "http-kept",
            "http-close",
            "https-kept",
            "https-new",
            "https-resumed",
            "http2",
            "tcp-kept",
            "tcp-close");
  }

  @Test
  void everyKindHasItsGenerator() {
    try (Scope scope = new Scope()) {
      for (TrafficKind kind : TrafficKind.values()) assertThat(kind.generator(scope)).isNotNull();
    }
  }
}
