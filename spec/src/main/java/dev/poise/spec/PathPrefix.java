package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * Which paths a rule is for: empty for all, else 1 to 30 letters, digits and {@code -/.%?&}
 * beginning with a slash.
 *
 * <p>It matches whole segments: {@code /api} is for {@code /api} and {@code /api/v1}, not for
 * {@code /apix}. One that ends with a slash is for what is below it. One with a question mark is
 * compared with path and query, to the letter.
 */
public record PathPrefix(@JsonValue String text) {
  private static final Pattern FORM = Pattern.compile("(/[A-Za-z0-9/.%?&-]{0,29})?");

  /** Every path. */
  public static final PathPrefix ALL = new PathPrefix("");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public PathPrefix {
    if (!isValid(text)) {
      throw new IllegalArgumentException(
          "not a path of 1 to 30 letters, digits and -/.%?& that begins with a slash");
    }
  }

  /** Whether the text is empty or such a path. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  /** Whether the query counts. */
  public boolean hasQuery() {
    return text.indexOf('?') >= 0;
  }

  @Override
  public String toString() {
    return text;
  }
}
