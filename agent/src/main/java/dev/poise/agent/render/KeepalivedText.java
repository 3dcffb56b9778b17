package dev.poise.agent.render;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The only way for a text to get into keepalived's configuration. Its reader takes {@code #} and
 * {@code !} for comments, {@code $} for variables, {@code ~} for lists and quotes for strings, so
 * nothing is let in that has one of them, or a blank.
 */
final class KeepalivedText {
  private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,14}");
  private static final Pattern FILE = Pattern.compile("/[A-Za-z0-9/._+=,:-]*");

  private KeepalivedText() {}

  /** The name of a network interface. */
  static String networkInterface(String name) throws Unrenderable {
    if (INTERFACE.matcher(name).matches()) return name;
    throw new Unrenderable("'" + printable(name) + "' is not the name of a network interface");
  }

  /** An absolute path of a file. */
  static String file(Path file) throws Unrenderable {
    if (FILE.matcher(file.toString()).matches()) return "\"" + file + "\"";
    throw new Unrenderable(
        "'" + printable(file.toString()) + "' is not an absolute file name of plain characters");
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
