package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class H2loadTest {
  private static final String OUTPUT =
      """
      starting benchmark...
      spawning thread #0: 32 total client(s). Timing-based test with 0s of warm-up time and 2s of main duration for measurements.
      TLS Protocol: TLSv1.3
      Application protocol: h2

      finished in 2.00s, 15123.50 req/s, 1.04MB/s
      requests: 30247 total, 30375 started, 30247 done, 30244 succeeded, 3 failed, 1 errored, 0 timeout
      status codes: 30245 2xx, 0 3xx, 0 4xx, 2 5xx
      """;

  @Test
  void readsWhatH2loadPrints() {
    assertThat(H2load.parse(OUTPUT)).isEqualTo(new LoadGenerator.Result(30_244, 15_123.5, 3));
  }

  @Test
  void aRunShorterThanASecondIsReadToo() {
    assertThat(H2load.parse(OUTPUT.replace("2.00s", "137.13ms")).perSecond()).isEqualTo(15_123.5);
  }

  @Test
  void saysWhatItCouldNotRead() {
    assertThatThrownBy(() -> H2load.parse("could not connect to host"))
        .hasMessageContaining("could not connect");
  }
}
