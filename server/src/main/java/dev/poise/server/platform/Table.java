package dev.poise.server.platform;

import java.io.IOException;
import java.util.List;

/**
 * A file of rows, written one after the other. A file that was not finished is not a whole one, so
 * it is finished only when every row is there.
 */
interface Table {
  /** How many rows it can have, the one with the names of the columns included. */
  long mostRows();

  /**
   * Adds a row.
   *
   * @param cells each a {@link Long}, a {@link Boolean} or a text
   */
  void add(List<Object> cells) throws IOException;

  /** Hands on what was added, so that little is held in memory. */
  void flush() throws IOException;

  void finish() throws IOException;

  /**
   * A text that no spreadsheet takes for a formula, whatever a user wrote: one that begins like a
   * formula gets an apostrophe in front, which spreadsheets show as text.
   */
  static String harmless(String text) {
    StringBuilder shown = new StringBuilder(text.length() + 1);
    if (!text.isEmpty() && "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20".indexOf(text.charAt(0)) >= 0)
      shown.append('\'');
    text.codePoints()
        .forEach(c -> shown.appendCodePoint(isLayout(c) || !Character.isISOControl(c) ? c : ' '));
    return shown.toString();
  }

  private static boolean isLayout(int c) {
    return c == '\t' || c == '\r' || c == '\n';
  }
}
