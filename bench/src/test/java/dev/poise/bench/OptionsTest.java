package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private static final String HELP = "./poise bench x [options]\n  --rounds N    so often";

  @Test
  void readsWhatTheHelpNames() {
    assertThat(Options.parse(HELP, List.of("--rounds", "3")).rounds()).isEqualTo(3);
    assertThat(Options.parse(HELP, List.of()).rounds()).isEqualTo(15);
  }

  @Test
  void refusesWhatTheHelpDoesNotNameAndSaysWhatItNames() {
    assertThatThrownBy(() -> Options.parse(HELP, List.of("--edits", "3")))
        .isInstanceOf(Options.Unusable.class)
        .hasMessage("--edits is not known.\n" + HELP);
    assertThatThrownBy(() -> Options.parse(HELP, List.of("--rounds")))
        .hasMessageStartingWith("--rounds needs a value.");
    assertThatThrownBy(() -> Options.parse(HELP, List.of("--rounds", "0")))
        .hasMessageContaining("from 1 to 100");
  }
}
