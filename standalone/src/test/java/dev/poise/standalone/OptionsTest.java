package dev.poise.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  @Test
  void withoutArgumentsEverythingIsOurs() {
    assertThat(Options.parse(List.of())).isEqualTo(new Options(9400, Optional.empty(), true));
  }

  @Test
  void takesPortDatabaseAndNoDemo() {
    List<String> arguments =
        List.of(
            "--no-demo", "--port", "8080", "--database-url", "postgresql://u:p@db.example:5433/x");
    assertThat(Options.parse(arguments))
        .isEqualTo(
            new Options(8080, Optional.of(new Database("db.example", 5433, "x", "u", "p")), false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65535", "-1", "http", "", "123456"})
  void refusesWhatIsNoPort(String port) {
    assertThatThrownBy(() -> Options.parse(List.of("--port", port)))
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("1 to 65534");
  }

  @Test
  void refusesWhatItDoesNotKnowAndWhatIsIncomplete() {
    assertThatThrownBy(() -> Options.parse(List.of("--prot", "1")))
        .hasMessageContaining("--prot")
        .hasMessageContaining("./poise help");
    assertThatThrownBy(() -> Options.parse(List.of("--port")))
        .hasMessageContaining("needs a value");
  }
}
