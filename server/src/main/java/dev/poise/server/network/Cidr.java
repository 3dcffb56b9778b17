package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.IpAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A range of IPv4 addresses, from /8 to /30, named by its first address: {@code 10.0.1.0/24}. */
public record Cidr(@JsonValue String text) {
  private static final Pattern FORM = Pattern.compile("([0-9.]{7,15})/(\\d{1,2})");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Cidr {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches() || !IpAddress.isValid(parts.group(1))) {
      throw new IllegalArgumentException("not an address range, such as 10.0.1.0/24");
    }
    int bits = Integer.parseInt(parts.group(2));
    if (bits < 8 || bits > 30) throw new IllegalArgumentException("not a range between /8 and /30");
    if ((number(new IpAddress(parts.group(1))) & hosts(bits)) != 0) {
      throw new IllegalArgumentException("not the first address of a /" + bits);
    }
  }

  /** The lowest address that can be given out: the first one names the range. */
  IpAddress lowest() {
    return address(first() + 1);
  }

  /** The highest address that can be given out: the last one is for broadcasts. */
  IpAddress highest() {
    return address((first() | hosts(bits())) - 1);
  }

  /** Whether the address can be given out. */
  boolean gives(IpAddress address) {
    return number(address) >= number(lowest()) && number(address) <= number(highest());
  }

  /** How many addresses can be given out. */
  long size() {
    return number(highest()) - number(lowest()) + 1;
  }

  private int bits() {
    return Integer.parseInt(text.substring(text.indexOf('/') + 1));
  }

  private long first() {
    return number(new IpAddress(text.substring(0, text.indexOf('/'))));
  }

  /** The bits that tell the addresses of a range apart. */
  private static long hosts(int bits) {
    return 0xFFFFFFFFL >>> bits;
  }

  /** An address as a number, 0 to 2^32 - 1. */
  static long number(IpAddress address) {
    long number = 0;
    for (String octet : address.text().split("\\.", -1))
      number = number << 8 | Long.parseLong(octet);
    return number;
  }

  private static IpAddress address(long number) {
    return new IpAddress(
        "%d.%d.%d.%d"
            .formatted(number >>> 24 & 255, number >>> 16 & 255, number >>> 8 & 255, number & 255));
  }

  @Override
  public String toString() {
    return text;
  }
}
