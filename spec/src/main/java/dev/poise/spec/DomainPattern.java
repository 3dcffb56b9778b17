package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A domain name in lower case, or {@code *.} and one: {@code shop.example.com}, {@code
 * *.example.com}.
 */
public record DomainPattern(@JsonValue String text) {
  private static final String WILDCARD = "*.";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public DomainPattern {
    if (!isValid(text)) {
      throw new IllegalArgumentException(
          "not a domain name in lower case, such as shop.example.com or *.example.com");
    }
  }

  /** Whether the text is a domain name, possibly with a leading wildcard. */
  public static boolean isValid(String text) {
    String name = text.startsWith(WILDCARD) ? text.substring(WILDCARD.length()) : text;
    return HostName.isValid(name) && name.chars().noneMatch(Character::isUpperCase);
  }

  /** Whether it stands for many names. */
  public boolean isWildcard() {
    return text.startsWith(WILDCARD);
  }

  @Override
  public String toString() {
    return text;
  }
}
