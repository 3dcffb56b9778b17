package dev.poise.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a run found out: printed table by table as it is known, and kept for a JSON file. */
final class Report {
  private static final int NAME_WIDTH = 60;
  private static final int NUMBER_WIDTH = 11;

  private final PrintStream out;
  private final SequencedMap<String, String> machine;
  private final List<Table> tables = new ArrayList<>();
  private final SequencedMap<String, String> configurations = new LinkedHashMap<>();

  Report(PrintStream out, SequencedMap<String, String> machine) {
    this.out = out;
    this.machine = Collections.unmodifiableSequencedMap(machine);
    machine.forEach((name, value) -> out.printf("%-12s %s%n", name, value));
  }

  /**
   * Figures that share their columns.
   *
   * @param decimals how many are worth printing
   */
  record Table(String title, String unit, int decimals, List<Figure> figures) {}

  /** Says what the person waits for now. */
  void progress(String sentence) {
    out.println("\n" + sentence);
  }

  /**
   * Says with which configuration something was measured; the JSON file has its text.
   *
   * @param name of what is configured
   * @param where the person finds it
   */
  void configuration(String name, String where, Path file) {
    try {
      configurations.put(name, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    remark(name + ": " + where);
  }

  /** Something to know about the table before. */
  void remark(String sentence) {
    out.println("  " + sentence);
  }

  void add(Table table) {
    if (table.figures().isEmpty()) return;
    tables.add(table);
    StringBuilder head = new StringBuilder("\n" + pad(table.title() + ", " + table.unit()));
    for (String column : table.figures().getFirst().numbers().keySet()) {
      head.append(("%" + NUMBER_WIDTH + "s").formatted(column));
    }
    out.println(head);
    table.figures().forEach(figure -> print(figure, table.decimals()));
  }

  private void print(Figure figure, int decimals) {
    StringBuilder line = new StringBuilder(pad("  " + figure.name()));
    for (double number : figure.numbers().values()) {
      line.append(("%" + NUMBER_WIDTH + "." + decimals + "f").formatted(number));
    }
    out.println(line + figure.bar().map(bar -> verdict(figure, bar)).orElse(""));
  }

  private static String verdict(Figure figure, Bar bar) {
    double number = Optional.ofNullable(figure.numbers().get(bar.column())).orElseThrow();
    return "   bar: " + bar + (bar.isMetBy(number) ? ", met" : ", MISSED");
  }

  private static String pad(String text) {
    return ("%-" + NAME_WIDTH + "s").formatted(text);
  }

  void writeJson(Path file) {
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    try {
      Files.writeString(
          file,
          json.writeValueAsString(
                  Map.of("machine", machine, "configurations", configurations, "tables", tables))
              + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
