package dev.poise.server.loadbalancer;

import dev.poise.server.network.Instance;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Fault;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.IpAddress;
import dev.poise.spec.VpcId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A table of instances: a header that names the columns, in any order, then a row for each. {@code
 * addresses} holds one or more addresses with blanks or semicolons between them; {@code remark} may
 * be left out.
 */
final class InstanceCsv {
  static final int MOST_ROWS = 5000;
  private static final String NAME = "name";
  private static final String ADDRESSES = "addresses";
  private static final String REMARK = "remark";
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private InstanceCsv() {}

  /**
   * A row that is in order.
   *
   * @param number counts from 1 with the header, as spreadsheets do
   * @param remark absent if there is no such column
   */
  record Row(long number, String name, List<IpAddress> addresses, @Nullable String remark) {
    String pointer() {
      return pointer(number);
    }

    static String pointer(long number) {
      return "/rows/" + number;
    }

    /** What the row says of an instance; without a column of remarks, its remark stays. */
    Instance.Input input(VpcId vpc, @Nullable Instance before) {
      String kept = before == null ? "" : before.remark();
      return new Instance.Input(name, remark == null ? kept : remark, vpc, addresses);
    }
  }

  /**
   * @throws Refusal.Invalid with the faults of all rows
   * @throws Refusal.Unreadable if it is no such table
   */
  static List<Row> read(String text, VpcId vpc, Bodies bodies) {
    String table = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreEmptyLines(true)
            .setIgnoreSurroundingSpaces(true)
            .get();
    try (CSVParser parser = CSVParser.parse(table, format)) {
      requireColumns(parser.getHeaderNames());
      return rows(parser, vpc, bodies);
    } catch (UncheckedIOException | IOException | IllegalArgumentException e) {
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST, "The body is not a CSV table: " + e.getMessage() + ".");
    }
  }

  private static void requireColumns(List<String> columns) {
    List<Fault> faults = new ArrayList<>();
    for (String needed : List.of(NAME, ADDRESSES)) {
      if (!columns.contains(needed)) {
        faults.add(
            new Fault(
                "/header",
                "required",
                "The first row must name the columns name, addresses and, if you like, remark; '"
                    + needed
                    + "' is missing."));
      }
    }
    for (String column : columns) {
      if (!Set.of(NAME, ADDRESSES, REMARK).contains(column)) {
        faults.add(
            new Fault(
                "/header",
                "unknown-field",
                "There is no column '" + column + "'; the columns are name, addresses, remark."));
      }
    }
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
  }

  private static List<Row> rows(CSVParser parser, VpcId vpc, Bodies bodies) {
    List<Row> rows = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    Map<String, Long> names = new HashMap<>();
    for (CSVRecord record : parser) {
      long number = record.getRecordNumber() + 1;
      if (number > MOST_ROWS + 1) {
        throw new Refusal.Invalid(
            "", ProblemType.VALIDATION_FAILED, "A table may have " + MOST_ROWS + " rows.");
      }
      read(record, number, vpc, bodies, faults)
          .ifPresent(row -> {
            Long other = names.putIfAbsent(row.name(), number);
            if (other == null) rows.add(row);
            else faults.add(fault(number, NAME, "name-in-use", "Row " + other + " has this name."));
          });
    }
    if (!faults.isEmpty()) throw new Refusal.Invalid(faults);
    return rows;
  }

  private static Optional<Row> read(
      CSVRecord record, long number, VpcId vpc, Bodies bodies, List<Fault> faults) {
    List<IpAddress> addresses = new ArrayList<>();
    int before = faults.size();
    if (!record.isConsistent()) {
      faults.add(
          new Fault(
              Row.pointer(number), "invalid", "Row " + number + ": it has not as many columns."));
      return Optional.empty();
    }
    for (String text : record.get(ADDRESSES).strip().split("[\\s;]+", -1)) {
      if (IpAddress.isValid(text)) addresses.add(new IpAddress(text));
      else if (text.isEmpty()) faults.add(fault(number, ADDRESSES, "required", "It is empty."));
      else
        faults.add(fault(number, ADDRESSES, "invalid", "'" + text + "' is not an IPv4 address."));
    }
    @Nullable String remark = record.isMapped(REMARK) ? record.get(REMARK) : null;
    Row row = new Row(number, record.get(NAME), addresses, remark);
    if (faults.size() == before) {
      for (Fault fault : bodies.faults(row.input(vpc, null)))
        faults.add(fault(number, fault.pointer().substring(1), fault.code(), fault.detail()));
    }
    return faults.size() > before ? Optional.empty() : Optional.of(row);
  }

  private static Fault fault(long number, String column, String code, String sentence) {
    return new Fault(
        Row.pointer(number) + "/" + column,
        code,
        "Row %d, %s: %s".formatted(number, column, sentence));
  }
}
