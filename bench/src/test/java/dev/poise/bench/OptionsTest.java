package dev.poise.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private static final String HELP =
      """
      ./poise bench x [options]
        --rounds N    so often
        --seconds N   so long
        --sizes N     with these
        --only NAME   these\
      """;
  private static final Options USUAL = Options.USUAL.withOnly(List.of("http", "tcp"));

  private static Options parse(String... arguments) {
    return Options.parse(HELP, List.of(arguments), USUAL);
  }

  @Test
  void readsWhatTheHelpNames() {
    assertThat(parse("--rounds", "3").repetition())
        .isEqualTo(Repetition.exactly(3, USUAL.repetition().seconds()));
    assertThat(parse("--seconds", "5").repetition())
        .isEqualTo(new Repetition(USUAL.repetition().least(), USUAL.repetition().most(), 5));
    assertThat(parse("--sizes", "20,1,20").sizes()).containsExactly(1, 20);
    assertThat(parse("--only", "tcp").only()).containsExactly("tcp");
  }

  @Test
  void whatIsAbsentIsAsUsual() {
    assertThat(parse()).isEqualTo(USUAL);
    assertThat(Options.parse(HELP, List.of(), USUAL.withEdits(7))).isEqualTo(USUAL.withEdits(7));
  }

  @Test
  void helpIsAllItSaysWhenAskedForHelp() {
    assertThatThrownBy(() -> parse("--help")).isInstanceOf(Options.Unusable.class).hasMessage(HELP);
  }

  @Test
  void refusesWhatTheHelpDoesNotNameAndSaysWhatItNames() {
    assertThatThrownBy(() -> parse("--edits", "3"))
        .isInstanceOf(Options.Unusable.class)
        .hasMessage("--edits is not known.\n" + HELP);
    assertThatThrownBy(() -> parse("--rounds")).hasMessageStartingWith("--rounds needs a value.");
    assertThatThrownBy(() -> parse("--rounds", "0")).hasMessageContaining("from 1 to 1000");
    assertThatThrownBy(() -> parse("--sizes", "1,,2")).hasMessageContaining("from 1 to 500");
    assertThatThrownBy(() -> parse("--only", "udp"))
        .hasMessageContaining("--only takes some of http,tcp, not udp.");
  }
}
