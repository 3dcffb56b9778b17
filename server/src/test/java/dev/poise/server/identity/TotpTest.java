package dev.poise.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTest {
  private static final byte[] KEY = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

  /** The last six digits of the eight in RFC 6238, appendix B. */
  @ParameterizedTest
  @CsvSource({
    "59,287082",
    "1111111109,081804",
    "1111111111,050471",
    "1234567890,005924",
    "2000000000,279037",
    "20000000000,353130"
  })
  void makesTheCodesOfTheStandard(long seconds, String code) {
    assertThat(Totp.code(KEY, Totp.step(Instant.ofEpochSecond(seconds)))).isEqualTo(code);
  }

  @Test
  void takesACodeHalfAMinuteEarlyOrLateAndNoLater() {
    Instant now = Instant.ofEpochSecond(1_000_000_000);
    long step = Totp.step(now);
    for (long by = -3; by <= 3; by++) {
      var found = Totp.stepOf(KEY, Totp.code(KEY, step + by), now);
      if (Math.abs(by) <= 1) assertThat(found).hasValue(step + by);
      else assertThat(found).isEmpty();
    }
  }

  /** RFC 4648, section 10. */
  @ParameterizedTest
  @CsvSource({
    "'',''",
    "f,MY",
    "fo,MZXQ",
    "foo,MZXW6",
    "foob,MZXW6YQ",
    "fooba,MZXW6YTB",
    "foobar,MZXW6YTBOI"
  })
  void writesBase32(String text, String expected) {
    assertThat(Totp.base32(text.getBytes(StandardCharsets.US_ASCII))).isEqualTo(expected);
  }
}
