package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** What Linux calls a network interface, such as {@code eth0}. */
public record InterfaceName(@JsonValue String text) {
  private static final Pattern FORM =
      Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9_.][A-Za-z0-9_.-]{0,14}");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public InterfaceName {
    if (!FORM.matcher(text).matches())
      throw new IllegalArgumentException(
          "not the name of a network interface, such as eth0: 1 to 15 letters, digits, '_', '.' and"
              + " '-'");
  }

  @Override
  public String toString() {
    return text;
  }
}
