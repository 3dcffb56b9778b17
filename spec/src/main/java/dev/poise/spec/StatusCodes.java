package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** HTTP status codes as a list of codes and ranges, for example {@code 200-299,301}. */
public record StatusCodes(@JsonValue String text) {
  private static final Pattern LIST =
      Pattern.compile("[1-5]\\d\\d(-[1-5]\\d\\d)?(,[1-5]\\d\\d(-[1-5]\\d\\d)?){0,15}");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public StatusCodes {
    if (!isValid(text))
      throw new IllegalArgumentException("not a list of status codes, such as 200-299,301");
  }

  /** Whether the text is a list of at most 16 codes and rising ranges. */
  public static boolean isValid(String text) {
    if (text.length() > 127 || !LIST.matcher(text).matches()) return false;
    for (String part : text.split(",", -1)) {
      int dash = part.indexOf('-');
      if (dash > 0 && part.substring(0, dash).compareTo(part.substring(dash + 1)) > 0) return false;
    }
    return true;
  }

  @Override
  public String toString() {
    return text;
  }
}
