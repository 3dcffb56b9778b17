package dev.poise.server.platform;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Comma-separated values as RFC 4180 has them, with a mark by which Excel knows UTF-8. */
final class CsvTable implements Table {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final CSVPrinter printer;

  CsvTable(OutputStream out) throws IOException {
    Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    writer.write(BYTE_ORDER_MARK);
    this.printer = new CSVPrinter(writer, CSVFormat.RFC4180);
  }

  @Override
  public long mostRows() {
    return Long.MAX_VALUE;
  }

  @Override
  public void add(List<Object> cells) throws IOException {
    printer.printRecord(
        cells.stream().map(cell -> cell instanceof String text ? Table.harmless(text) : cell));
  }

  @Override
  public void flush() throws IOException {
    printer.flush();
  }

  @Override
  public void finish() throws IOException {
    printer.flush();
  }
}
