package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DnsPerfTest {
  @Test
  void readsWhatDnsperfPrints() {
    String output =
        """
        Statistics:

          Queries sent:         120100
          Queries completed:    120000 (99.92%)
          Queries lost:         100 (0.08%)

          Response codes:       NOERROR 120000 (100.00%)
          Run time (s):         3.000000
          Queries per second:   40000.123456
        """;
    assertThat(DnsPerf.parse(output))
        .as("a question and an answer each")
        .isEqualTo(new LoadGenerator.Result(240_000, 80_000.246912, 100));
  }

  @Test
  void saysWhatItCouldNotRead() {
    assertThatThrownBy(() -> DnsPerf.parse("Error: no route")).hasMessageContaining("no route");
  }
}
