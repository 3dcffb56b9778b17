package dev.poise.server.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressSpanTest {
  @ParameterizedTest
  @CsvSource({
    "203.0.113.0/28, 203.0.113.1, 203.0.113.14",
    "203.0.113.10-203.0.113.20, 203.0.113.10, 203.0.113.20",
    "203.0.113.7, 203.0.113.7, 203.0.113.7",
    "9.255.255.255-10.0.0.0, 9.255.255.255, 10.0.0.0",
  })
  void goesFromOneToAnother(String text, String lowest, String highest) {
    AddressSpan span = new AddressSpan(text);
    assertThat(span.lowest()).hasToString(lowest);
    assertThat(span.highest()).hasToString(highest);
  }

  @Test
  void knowsWhenTwoHaveAnAddressInCommon() {
    AddressSpan span = new AddressSpan("203.0.113.10-203.0.113.20");
    assertThat(span.overlaps(new AddressSpan("203.0.113.20"))).isTrue();
    assertThat(span.overlaps(new AddressSpan("203.0.113.0/24"))).isTrue();
    assertThat(span.overlaps(new AddressSpan("203.0.113.21-203.0.113.30"))).isFalse();
    assertThat(span.overlaps(new AddressSpan("203.0.113.1-203.0.113.9"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "203.0.113.20-203.0.113.10",
        "203.0.113.10-",
        "203.0.113.10-203.0.113.20-203.0.113.30",
        "203.0.113.1/28",
        "224.0.0.1",
        "0.0.0.1",
        "223.0.0.1-240.0.0.1",
        "2001:db8::1",
        "1"
      })
  void refusesWhatIsNoSpan(String text) {
    assertThatThrownBy(() -> new AddressSpan(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
