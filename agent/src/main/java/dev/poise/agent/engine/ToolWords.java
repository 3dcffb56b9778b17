package dev.poise.agent.engine;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Picks the sentences that matter to a reader out of what HAProxy printed. */
final class ToolWords {
  private static final Pattern LINE =
      Pattern.compile("^\\[(ALERT|WARNING|NOTICE)\\]\\s+\\(\\d+\\) : (?:config : )?(.*)$");
  private static final Pattern PLACE =
      Pattern.compile("\\[?(?:/[^\\s:\\]]*/)?haproxy\\.cfg:(\\d+)\\]?");
  private static final Pattern PATH = Pattern.compile("/[^\\s:'\\]]+/");
  private static final List<String> SAYS_NOTHING =
      List.of(
          "Fatal errors found in configuration",
          "Error(s) found in configuration file",
          "Some protocols failed to start their listeners");
  private static final int LONGEST = 1000;

  private ToolWords() {}

  /** The alerts, else the last line that says anything, without places of this machine. */
  static String of(Finished finished) {
    List<String> alerts =
        finished
            .output()
            .lines()
            .map(LINE::matcher)
            .filter(ToolWords::isTelling)
            .map(line -> withoutPlaces(line.group(2)))
            .toList();
    String words = String.join("\n", alerts);
    if (words.isEmpty()) words = "haproxy ended with code " + finished.exit();
    return words.length() > LONGEST ? words.substring(0, LONGEST) : words;
  }

  private static boolean isTelling(Matcher line) {
    return line.matches()
        && line.group(1).equals("ALERT")
        && SAYS_NOTHING.stream().noneMatch(line.group(2)::contains);
  }

  private static String withoutPlaces(String sentence) {
    String placed = PLACE.matcher(sentence).replaceAll("line $1");
    return PATH.matcher(placed).replaceAll("").strip();
  }
}
