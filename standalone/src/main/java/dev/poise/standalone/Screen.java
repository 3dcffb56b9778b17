package dev.poise.standalone;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** What the person in front of the terminal reads. */
final class Screen {
  private static final int LABEL = 12;

  private final PrintStream out;

  Screen(PrintStream out) {
    this.out = out;
  }

  synchronized void line(String text) {
    out.println(text);
    out.flush();
  }

  /** A name and what there is to say about it, aligned with the others. */
  void entry(String name, String text) {
    line("  " + pad(name) + text);
  }

  /** An entry for something that was done, and how long it took. */
  void done(String name, String text, Duration duration) {
    entry(name, "%-50s %5s s".formatted(text, seconds(duration)));
  }

  /** Several lines, set off to the right. */
  void quote(String text) {
    text.lines().forEach(line -> line("    " + line));
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
  }

  private static String pad(String name) {
    return name + " ".repeat(Math.max(1, LABEL - name.length()));
  }
}
