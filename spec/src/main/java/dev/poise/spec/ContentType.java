package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** A media type, possibly with a charset: {@code text/html; charset=utf-8}. */
public record ContentType(@JsonValue String text) {
  private static final Pattern FORM =
      Pattern.compile("[a-z]{1,20}/[a-zA-Z0-9.+-]{1,60}(; ?charset=[a-zA-Z0-9-]{1,20})?");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ContentType {
    if (!isValid(text)) throw new IllegalArgumentException("not a media type, such as text/plain");
  }

  /** Whether the text is a media type. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
