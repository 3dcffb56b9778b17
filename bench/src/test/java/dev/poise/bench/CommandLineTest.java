package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {
  private static final String HELP =
      "./poise bench x [options]\n  --sizes N,N    such\n  --json FILE  there";

  @Test
  void numbersAreSortedAndNamedOnce() {
    assertThat(line("--sizes", "500,100,500").numbers("--sizes", List.of(7), 1000))
        .containsExactly(100, 500);
    assertThat(line().numbers("--sizes", List.of(7), 1000)).containsExactly(7);
    assertThat(line("--json", "a.json").path("--json")).contains(Path.of("a.json"));
  }

  @Test
  void refusesWhatIsNoNumberOrTooLarge() {
    for (String text : List.of("", "1,", "x", "-1", "0", "1001", "99999999999")) {
      assertThatThrownBy(() -> line("--sizes", text).numbers("--sizes", List.of(), 1000))
          .as(text)
          .isInstanceOf(Options.Unusable.class)
          .hasMessageContaining("--sizes takes a number from 1 to 1000");
    }
  }

  @Test
  void theLastOfTwoCounts() {
    assertThat(line("--sizes", "1", "--sizes", "2").number("--sizes", 9, 10)).isEqualTo(2);
  }

  @Test
  void aControlPlaneIsMeasuredWithAQuarterHalfAndAll() {
    assertThat(ControlPlaneOptions.parse(List.of()).sizes()).containsExactly(2500, 5000, 10_000);
    assertThat(ControlPlaneOptions.parse(List.of("--load-balancers", "1")).sizes())
        .containsExactly(1);
    assertThat(ControlPlaneOptions.parse(List.of()).membersOfEach()).isEqualTo(10);
    assertThat(ControlPlaneOptions.parse(List.of("--nodes", "3")).nodes()).isEqualTo(4);
  }

  @Test
  void someCallsOfAControlPlaneCanBeMeasuredAlone() {
    assertThat(ControlPlaneOptions.parse(List.of()).measures("get")).isTrue();
    ControlPlaneOptions some = ControlPlaneOptions.parse(List.of("--calls", "edit,report"));
    assertThat(some.measures("edit")).isTrue();
    assertThat(some.measures("get")).isFalse();
    assertThatThrownBy(() -> ControlPlaneOptions.parse(List.of("--calls", "delete")))
        .hasMessageContaining("--calls takes some of get,list,edit,report, not delete.");
  }

  private static CommandLine line(String... arguments) {
    return CommandLine.parse(HELP, List.of(arguments));
  }
}
