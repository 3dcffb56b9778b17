package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * An absolute address of http or https, or a path that begins with a slash: at most 500 characters
 * of a URL.
 */
public record RedirectLocation(@JsonValue String text) {
  private static final Pattern FORM =
      Pattern.compile(
          "(https?://[A-Za-z0-9._-]{1,253}(:\\d{1,5})?)?(/[A-Za-z0-9/._~%!$&()*+,;=:@?-]*)?");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public RedirectLocation {
    if (!isValid(text)) {
      throw new IllegalArgumentException(
          "not an address, such as https://www.example.com/new or /new");
    }
  }

  /** Whether the text is such an address. */
  public static boolean isValid(String text) {
    return !text.isEmpty()
        && text.length() <= 500
        && !text.startsWith("//")
        && FORM.matcher(text).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
