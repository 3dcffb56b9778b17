package dev.poise.server.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.spec.IpAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.1.0/24, 10.0.1.1, 10.0.1.254",
    "10.0.0.0/8, 10.0.0.1, 10.255.255.254",
    "192.168.1.4/30, 192.168.1.5, 192.168.1.6",
    "255.255.255.0/24, 255.255.255.1, 255.255.255.254",
  })
  void knowsWhatItGivesOut(String range, String lowest, String highest) {
    Cidr cidr = new Cidr(range);
    assertThat(cidr.lowest()).hasToString(lowest);
    assertThat(cidr.highest()).hasToString(highest);
    assertThat(cidr.gives(new IpAddress(lowest))).isTrue();
    assertThat(cidr.gives(new IpAddress(highest))).isTrue();
  }

  @Test
  void doesNotGiveOutItsEndsAndWhatIsOutside() {
    Cidr cidr = new Cidr("10.0.1.0/24");
    assertThat(cidr.gives(new IpAddress("10.0.1.0"))).isFalse();
    assertThat(cidr.gives(new IpAddress("10.0.1.255"))).isFalse();
    assertThat(cidr.gives(new IpAddress("10.0.2.1"))).isFalse();
    assertThat(cidr.gives(new IpAddress("138.0.1.1"))).isFalse();
  }

  @Test
  void givesExactlyWhatLiesBetweenItsEnds() {
    Random random = new Random(20260101);
    for (int round = 0; round < 2000; round++) {
      int bits = random.nextInt(8, 31);
      long hosts = 1L << (32 - bits);
      long first = random.nextLong(1L << 32) / hosts * hosts;
      Cidr cidr = new Cidr(text(first) + "/" + bits);
      assertThat(cidr.size()).isEqualTo(hosts - 2);
      assertThat(Cidr.number(cidr.lowest())).isEqualTo(first + 1);
      assertThat(Cidr.number(cidr.highest())).isEqualTo(first + hosts - 2);
      long inside = first + 1 + random.nextLong(hosts - 2);
      assertThat(cidr.gives(new IpAddress(text(inside)))).as("%s in %s", inside, cidr).isTrue();
      long anywhere = random.nextLong(1L << 32);
      assertThat(cidr.gives(new IpAddress(text(anywhere))))
          .as("%s in %s", anywhere, cidr)
          .isEqualTo(anywhere > first && anywhere < first + hosts - 1);
    }
  }

  private static String text(long number) {
    return "%d.%d.%d.%d"
        .formatted(number >> 24 & 255, number >> 16 & 255, number >> 8 & 255, number & 255);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.1.0",
        "10.0.1.0/31",
        "10.0.1.0/7",
        "10.0.1.1/24",
        "10.0.1.0/024",
        "x/24",
        "10.0.1/24",
        "::/8"
      })
  void refusesWhatIsNoRange(String text) {
    assertThatThrownBy(() -> new Cidr(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
