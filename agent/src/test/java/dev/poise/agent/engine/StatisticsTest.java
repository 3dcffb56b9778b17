package dev.poise.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static final String ANSWER =
      """
      # pxname,svname,scur,stot,bin,bout,dcon,status,uweight,lastchg,check_status,check_code,\
      check_duration,last_chk,new_column,
      lsn_a,FRONTEND,3,7,328,476,3,OPEN,,,,,,,,
      b,m1,1,2,0,0,,DOWN 1/2,5,15,* L7STS,503,1,"a, b",x,
      b,BACKEND,0,0,0,0,,DOWN,,,,,,,,
      """;

  @Test
  void readsColumnsByName() {
    Statistics statistics = Statistics.parse(ANSWER);
    assertThat(statistics.frontends())
        .containsExactly(new Statistics.Frontend("lsn_a", 3, 7, 3, 0, 328, 476, 0, 0, 0, 0));
    assertThat(statistics.servers())
        .containsExactly(
            new Statistics.Server(
                "b", "m1", "DOWN 1/2", 5, 1, 2, "L7STS", "503", 1, "a, b", 15, false));
  }

  @Test
  void takesNoOtherTextForStatistics() {
    assertThatThrownBy(() -> Statistics.parse("Unknown command.\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Unknown command");
  }

  @Test
  void aSocketAddressIsReadable() {
    assertThat(ProcessSockets.readable("0100007F:1F90")).isEqualTo("127.0.0.1:8080");
  }
}
