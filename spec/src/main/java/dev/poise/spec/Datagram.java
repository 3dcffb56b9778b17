package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The bytes of a small datagram, 0 to 512 of them, written as lower-case hexadecimal digits. */
public record Datagram(@JsonValue String hex) {
  private static final Pattern FORM = Pattern.compile("([0-9a-f]{2}){0,512}");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Datagram {
    if (!isValid(hex)) {
      throw new IllegalArgumentException("not 0 to 512 bytes as hexadecimal digits, such as 00ff");
    }
  }

  /** Whether the text is such a datagram. */
  public static boolean isValid(String hex) {
    return hex.length() <= 1024 && FORM.matcher(hex).matches();
  }

  /** Its bytes. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
