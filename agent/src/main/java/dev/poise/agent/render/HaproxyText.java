package dev.poise.agent.render;

import java.util.regex.Pattern;

/**
 * The only way for a text to get into a configuration file.
 *
 * <p>A newline in a rendered value would start a line of its own, even a section, and the checker
 * would still be content; a blank would add an argument, a {@code #} begin a comment, a {@code $}
 * read the environment. So each text is held against the characters its kind may have, none of
 * which can end a strong quote, and then put between strong quotes, where HAProxy takes every
 * character as it is. Ids, addresses, host names and status codes need no quotes: their types admit
 * letters, digits, dots, dashes, commas and underscores only.
 */
final class HaproxyText {
  private static final Pattern REQUEST_PATH = Pattern.compile("/[A-Za-z0-9\\-/.%?#&]*");
  private static final Pattern FILE = Pattern.compile("/[A-Za-z0-9\\-/._+@=,: ]*");
  private static final Pattern LOCATION =
      Pattern.compile("[A-Za-z0-9./][A-Za-z0-9/._~%!$&()*+,;=:@?-]*");
  private static final Pattern CONTENT_TYPE = Pattern.compile("[A-Za-z0-9/.+;= -]+");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private HaproxyText() {}

  /** The path of a request. */
  static String requestPath(String path) throws Unrenderable {
    return quoted(REQUEST_PATH, path, "a path of letters, digits and -/.%?#&");
  }

  /** An absolute path of a file. */
  static String file(String path) throws Unrenderable {
    return quoted(FILE, path, "an absolute file name of plain characters");
  }

  /** A name or a digest. */
  static String word(String word) throws Unrenderable {
    return quoted(WORD, word, "a word of letters, digits, dots, dashes and underscores");
  }

  /** Where a redirect points; HAProxy would replace what follows a percent sign. */
  static String location(String location) throws Unrenderable {
    return quoted(LOCATION, location, "an address or a path").replace("%", "%%");
  }

  /** A media type. */
  static String contentType(String type) throws Unrenderable {
    return quoted(CONTENT_TYPE, type, "a media type");
  }

  private static String quoted(Pattern allowed, String text, String description)
      throws Unrenderable {
    if (!allowed.matcher(text).matches()) {
      throw new Unrenderable("'" + printable(text) + "' is not " + description);
    }
    return "'" + text + "'";
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
