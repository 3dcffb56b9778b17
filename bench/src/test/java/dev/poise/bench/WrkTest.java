package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WrkTest {
  private static final String CLEAN =
      """
      Running 5s test @ http://127.0.0.1:8080/
        1 threads and 32 connections
        Thread Stats   Avg      Stdev     Max   +/- Stdev
          Latency     1.04ms  432.15us  12.20ms   88.12%
          Req/Sec    30.51k     2.31k   35.55k    70.00%
        152034 requests in 5.00s, 12.18MB read
      Requests/sec:  30402.71
      Transfer/sec:      2.44MB
      """;

  @Test
  void readsWhatWrkPrints() {
    assertThat(Wrk.parse(CLEAN)).isEqualTo(new LoadGenerator.Result(152_034, 30_402.71, 0));
  }

  @Test
  void brokenConnectionsAndAnswersThatAreErrorsCountAsFailed() {
    String output =
        CLEAN
            + "  Socket errors: connect 1, read 20, write 300, timeout 4000\n"
            + "  Non-2xx or 3xx responses: 50000\n";

    assertThat(Wrk.parse(output).failed()).isEqualTo(54_321);
  }

  @Test
  void outputWithoutFiguresIsAnError() {
    assertThatThrownBy(() -> Wrk.parse("unable to connect"))
        .hasMessageContaining("unable to connect");
  }
}
