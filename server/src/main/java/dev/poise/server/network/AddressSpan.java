package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.IpAddress;

/**
 * IPv4 addresses in a row: from one to another ({@code 203.0.113.10-203.0.113.20}), a single one,
 * or a range such as {@code 203.0.113.0/28} without its first and its last address.
 */
public record AddressSpan(@JsonValue String text) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public AddressSpan {
    requireHost(lowest(text));
    requireHost(highest(text));
    if (Cidr.number(highest(text)) < Cidr.number(lowest(text))) {
      throw new IllegalArgumentException("a span whose end is before its beginning");
    }
  }

  IpAddress lowest() {
    return lowest(text);
  }

  IpAddress highest() {
    return highest(text);
  }

  /** Whether the two have an address in common. */
  boolean overlaps(AddressSpan other) {
    return Cidr.number(lowest()) <= Cidr.number(other.highest())
        && Cidr.number(other.lowest()) <= Cidr.number(highest());
  }

  private static IpAddress lowest(String text) {
    if (text.contains("/")) return new Cidr(text).lowest();
    int dash = text.indexOf('-');
    return address(dash < 0 ? text : text.substring(0, dash));
  }

  private static IpAddress highest(String text) {
    if (text.contains("/")) return new Cidr(text).highest();
    return address(text.substring(text.indexOf('-') + 1));
  }

  private static IpAddress address(String text) {
    if (!IpAddress.isValid(text)) {
      throw new IllegalArgumentException(
          "not addresses, such as 203.0.113.0/28 or 203.0.113.10-203.0.113.20");
    }
    return new IpAddress(text);
  }

  private static void requireHost(IpAddress address) {
    long first = Cidr.number(address) >>> 24;
    if (first == 0 || first >= 224) {
      throw new IllegalArgumentException("a span with " + address + ", which no host can have");
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
