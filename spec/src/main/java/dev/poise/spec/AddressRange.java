package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * IPv4 addresses that share their first bits, named by the first of them: {@code 10.0.1.0/24}. One
 * address is a /32, all of them are {@code 0.0.0.0/0}.
 */
public record AddressRange(@JsonValue String text) {
  private static final Pattern FORM = Pattern.compile("([0-9.]{7,15})/(\\d|[12]\\d|3[0-2])");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public AddressRange {
    if (!isValid(text)) {
      throw new IllegalArgumentException(
          "not a range named by its first address, such as 10.0.1.0/24");
    }
  }

  /** Whether the text is a range in canonical form. */
  public static boolean isValid(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches() || !IpAddress.isValid(parts.group(1))) return false;
    int bits = Integer.parseInt(parts.group(2));
    return bits == 32 || (number(parts.group(1)) & (0xFFFFFFFFL >>> bits)) == 0;
  }

  /** The range of so many leading bits that begins with an address, given as a number. */
  public static AddressRange of(long first, int bits) {
    return new AddressRange(
        "%d.%d.%d.%d/%d"
            .formatted(first >> 24 & 255, first >> 16 & 255, first >> 8 & 255, first & 255, bits));
  }

  /** The range of one address. */
  public static AddressRange of(IpAddress address) {
    return new AddressRange(address + "/32");
  }

  /** How many leading bits its addresses share. */
  public int bits() {
    return Integer.parseInt(text.substring(text.indexOf('/') + 1));
  }

  /** Its first address as a number, 0 to 2^32 - 1. */
  public long first() {
    return number(text.substring(0, text.indexOf('/')));
  }

  /** Its last address as a number. */
  public long last() {
    return first() + (1L << (32 - bits())) - 1;
  }

  /** Whether the address is one of them. */
  public boolean contains(IpAddress address) {
    long number = number(address.text());
    return first() <= number && number <= last();
  }

  /** The smallest range with all addresses of both. */
  public AddressRange covering(AddressRange other) {
    if (first() <= other.first() && other.last() <= last()) return this;
    int alike = Long.numberOfLeadingZeros(first() ^ other.first()) - 32;
    int bits = Math.min(alike, Math.min(bits(), other.bits()));
    return of(first() & -1L << (32 - bits), bits);
  }

  private static long number(String address) {
    long number = 0;
    for (String octet : address.split("\\.", -1)) number = number << 8 | Long.parseLong(octet);
    return number;
  }

  @Override
  public String toString() {
    return text;
  }
}
