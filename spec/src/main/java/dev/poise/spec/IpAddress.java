package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** An IPv4 address in its one canonical form: four decimal numbers without leading zeros. */
public record IpAddress(@JsonValue String text) {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public IpAddress {
    if (!isValid(text)) throw new IllegalArgumentException("not an IPv4 address, such as 10.0.1.8");
  }

  /** Whether the text is an IPv4 address in canonical form. */
  public static boolean isValid(String text) {
    return text.length() <= 15 && IPV4.matcher(text).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
