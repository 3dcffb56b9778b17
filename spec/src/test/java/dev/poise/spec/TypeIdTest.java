package dev.poise.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TypeIdTest {
  @Test
  void sortsByTheTimeOfItsMaking() {
    String earlier = TypeId.generate("lb", Instant.parse("2026-01-01T00:00:00Z"));
    String later = TypeId.generate("lb", Instant.parse("2026-01-01T00:00:00.001Z"));
    assertThat(earlier).isLessThan(later);
  }

  @Test
  void sortsByTheOrderOfMakingWithinAMillisecond() {
    Instant now = Instant.now();
    assertThat(java.util.stream.Stream.generate(() -> TypeId.generate("mbr", now)).limit(1_000))
        .isSorted();
  }

  @Test
  void carriesItsTimeAndTheMarksOfVersionSeven() {
    // 2026-01-01T00:00:00Z is 1767225600000 ms = 0x019B76DAC800; base32 of the top 50 bits starts
    // with 01kdvdnj00.
    String id = TypeId.generate("lb", Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(id).hasSize(29).startsWith("lb_01kdvdna00");
    assertThat(id.charAt(13)).as("version 7 in the bits behind the time").isIn('e', 'f');
  }

  @Test
  void neverRepeats() {
    Instant now = Instant.now();
    assertThat(
            java.util.stream.Stream.generate(() -> TypeId.generate("mbr", now))
                .limit(10_000)
                .distinct())
        .hasSize(10_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "lb_",
        "lb_01h455vb4pex5vsknk084sn02",
        "lb_01h455vb4pex5vsknk084sn02qq",
        "lsn_01h455vb4pex5vsknk084sn02q",
        "lb_01H455VB4PEX5VSKNK084SN02Q",
        "lb_81h455vb4pex5vsknk084sn02q",
        "lb_01h455vb4pex5vsknk084sn0\n\n",
        "lb-01h455vb4pex5vsknk084sn02q",
        "lb_01h455vb4pex5vsknk084sn0il",
        "lb_01h455vb4pex5vsknk084sn02{",
        "lb_01h455vb4pex5vsknk084sn02é"
      })
  void refusesWhatIsNoId(String text) {
    assertThatThrownBy(() -> new LoadBalancerId(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void takesAnId() {
    assertThat(new LoadBalancerId("lb_01h455vb4pex5vsknk084sn02q"))
        .hasToString("lb_01h455vb4pex5vsknk084sn02q");
  }
}
