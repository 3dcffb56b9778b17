package dev.poise.server.securitygroup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One port or a range of them, both ends included: {@code 443} or {@code 8000-8100}. */
public record Ports(int from, int to) {
  private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,4})(?:-([1-9]\\d{0,4}))?");
  private static final int HIGHEST = 65535;

  public Ports {
    if (from < 1 || to > HIGHEST || from > to) throw notPorts();
  }

  /** Reads the text. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Ports of(String text) {
    Matcher ends = FORM.matcher(text);
    if (!ends.matches()) throw notPorts();
    int from = Integer.parseInt(ends.group(1));
    return new Ports(from, ends.group(2) == null ? from : Integer.parseInt(ends.group(2)));
  }

  private static IllegalArgumentException notPorts() {
    return new IllegalArgumentException(
        "not a port from 1 to 65535 or a range of them, such as 443 or 8000-8100");
  }

  boolean contain(int port) {
    return from <= port && port <= to;
  }

  /** The text that is read again. */
  @JsonValue
  public String text() {
    return from == to ? String.valueOf(from) : from + "-" + to;
  }

  @Override
  public String toString() {
    return text();
  }
}
