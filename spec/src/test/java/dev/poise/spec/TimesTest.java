package dev.poise.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimesTest {
  @Test
  void readsWhatInstantsWrite() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      Instant time =
          Instant.ofEpochSecond(
              random.nextLong(-4_000_000_000L, 200_000_000_000L), nanos(random, i));
      assertThat(Times.read(time.toString())).isEqualTo(time);
    }
    assertThat(Times.read(Instant.EPOCH.toString())).isEqualTo(Instant.EPOCH);
    assertThat(Times.read(Instant.MAX.toString())).isEqualTo(Instant.MAX);
  }

  /** With no, three, six or nine decimals. */
  private static int nanos(Random random, int i) {
    return switch (i % 4) {
      case 0 -> 0;
      case 1 -> random.nextInt(1_000) * 1_000_000;
      case 2 -> random.nextInt(1_000_000) * 1_000;
      default -> random.nextInt(1_000_000_000);
    };
  }

  @Test
  void readsOtherFormsAsTheJdkDoes() {
    for (String text : new String[] {"2026-11-21T15:36:16.2Z", "2026-11-21T16:36:16+01:00"}) {
      assertThat(Times.read(text)).isEqualTo(Instant.parse(text));
    }
  }

  @Test
  void refusesWhatIsNoTime() {
    for (String text :
        new String[] {
          "",
          "Z",
          "2026-11-21",
          "2026-13-21T15:36:16Z",
          "2026-11-21T15:36:16",
          "2026-11-21T15:36:16.1234567890Z",
          "2026-11-21 15:36:16Z",
          "2026-11-2xT15:36:16Z"
        }) {
      assertThatThrownBy(() -> Times.read(text)).as(text).isInstanceOf(DateTimeException.class);
    }
  }

  @Test
  void aReportSaysWhatIsWrongWithATime() {
    assertThatThrownBy(() ->
            SpecJson.read("{\"role\":\"NONE\",\"since\":\"soon\",\"why\":\"\"}", RoleReport.class))
        .hasMessageContaining("soon");
    assertThat(
            SpecJson.read(
                "{\"role\":\"NONE\",\"since\":\"2026-11-21T15:36:16Z\",\"why\":\"\"}",
                RoleReport.class))
        .isEqualTo(new RoleReport(RoleReport.Role.NONE, Instant.parse("2026-11-21T15:36:16Z"), ""));
  }
}
