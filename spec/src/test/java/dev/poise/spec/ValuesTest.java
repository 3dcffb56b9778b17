package dev.poise.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "10.0.1.8", "255.255.255.255", "127.0.0.1"})
  void takesIpv4Addresses(String text) {
    assertThat(IpAddress.isValid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.1",
        "10.0.1.256",
        "010.0.1.8",
        "10.0.1.8\n",
        " 10.0.1.8",
        "::1",
        "a.b.c.d",
        "10.0.1.8.9"
      })
  void refusesOtherAddresses(String text) {
    assertThat(IpAddress.isValid(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"example.com", "a", "xn--bcher-kva.example", "10.0.0.1", "my_host.local", "A.B"})
  void takesHostNames(String text) {
    assertThat(HostName.isValid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-a.com", "a-.com", "a..b", "a b", "a\r\nX: y", "a\"b", "a.com:80", ".a"})
  void refusesOtherHostNames(String text) {
    assertThat(HostName.isValid(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200|true",
        "200-399|true",
        "200,204,300-399|true",
        "399-200|false",
        "600|false",
        "20|false",
        "200 204|false",
        "200,|false"
      })
  void knowsStatusCodes(String text, boolean valid) {
    assertThat(StatusCodes.isValid(text)).isEqualTo(valid);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.5/32, 10.0.0.5/32, 10.0.0.5/32",
    "10.0.0.5/32, 10.0.0.4/32, 10.0.0.4/31",
    "10.0.0.5/32, 10.0.0.8/32, 10.0.0.0/28",
    "10.0.0.0/24, 10.0.0.8/32, 10.0.0.0/24",
    "10.0.1.8/32, 10.0.0.0/24, 10.0.0.0/23",
    "127.255.255.255/32, 128.0.0.0/32, 0.0.0.0/0",
    "0.0.0.0/0, 10.0.0.5/32, 0.0.0.0/0"
  })
  void theSmallestRangeThatCoversTwo(String one, String other, String both) {
    assertThat(new AddressRange(one).covering(new AddressRange(other)).text()).isEqualTo(both);
    assertThat(new AddressRange(other).covering(new AddressRange(one)).text()).isEqualTo(both);
  }
}
