package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * A domain name or IPv4 address as it stands in a Host header, without a port: at most 253
 * characters.
 */
public record HostName(@JsonValue String text) {
  private static final Pattern LABELS =
      Pattern.compile(
          "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public HostName {
    if (!isValid(text))
      throw new IllegalArgumentException("not a domain name, such as shop.example.com");
  }

  /** Whether the text is a domain name. */
  public static boolean isValid(String text) {
    return text.length() <= 253 && LABELS.matcher(text).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
