package dev.poise.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The options of a benchmark: those that its help names, each with a value. */
final class CommandLine {
  private final String help;
  private final Map<String, String> values;

  private CommandLine(String help, Map<String, String> values) {
    this.help = help;
    this.values = values;
  }

  /**
   * Reads one.
   *
   * @param help names the options; others are refused
   * @throws Options.Unusable with a sentence for the person
   */
  static CommandLine parse(String help, List<String> arguments) {
    CommandLine line = new CommandLine(help, new HashMap<>());
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      if (option.equals("--help")) throw new Options.Unusable(help);
      if (!help.contains("  " + option + " ")) throw line.unusable(option + " is not known.");
      if (!rest.hasNext()) throw line.unusable(option + " needs a value.");
      line.values.put(option, rest.next());
    }
    return line;
  }

  int number(String option, int otherwise, int highest) {
    return value(option).map(text -> number(option, text, highest)).orElse(otherwise);
  }

  /** So often, and for so long. */
  Repetition repetition(Repetition otherwise) {
    int seconds = number("--seconds", otherwise.seconds(), 600);
    return value("--rounds").isPresent()
        ? Repetition.exactly(number("--rounds", otherwise.least(), 1000), seconds)
        : new Repetition(otherwise.least(), otherwise.most(), seconds);
  }

  /** Numbers with commas between them, in ascending order. */
  List<Integer> numbers(String option, List<Integer> otherwise, int highest) {
    return value(option)
        .map(text ->
            Stream.of(text.split(",", -1))
                .map(one -> number(option, one, highest))
                .sorted()
                .distinct()
                .toList())
        .orElse(otherwise);
  }

  /** Some of those, with commas between them; all of them if the option is absent. */
  List<String> some(String option, List<String> all) {
    List<String> chosen = value(option).map(text -> List.of(text.split(",", -1))).orElse(all);
    for (String one : chosen) {
      if (!all.contains(one)) {
        throw unusable(option + " takes some of " + String.join(",", all) + ", not " + one + ".");
      }
    }
    return chosen;
  }

  Optional<Path> path(String option) {
    return value(option).map(Path::of);
  }

  private Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option));
  }

  private int number(String option, String text, int highest) {
    if (text.matches("\\d{1,7}")) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= highest) return number;
    }
    throw unusable(option + " takes a number from 1 to " + highest + ", not " + text + ".");
  }

  private Options.Unusable unusable(String sentence) {
    return new Options.Unusable(sentence + "\n" + help);
  }
}
