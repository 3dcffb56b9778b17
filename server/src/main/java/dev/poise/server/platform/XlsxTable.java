package dev.poise.server.platform;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/** An Excel workbook with one sheet. */
final class XlsxTable implements Table {
  private static final int MOST_ROWS = 1_048_576;
  private static final int LONGEST_TEXT = 32_767;
  private static final String CUT = "...";

  private final Workbook workbook;
  private final Worksheet sheet;
  private int row;

  XlsxTable(OutputStream out) {
    this.workbook = new Workbook(out, "Poise", "1.0");
    this.sheet = workbook.newWorksheet("List");
    sheet.freezePane(0, 1);
  }

  @Override
  public long mostRows() {
    return MOST_ROWS;
  }

  @Override
  public void add(List<Object> cells) {
    for (int column = 0; column < cells.size(); column++) {
      switch (cells.get(column)) {
        case Number number -> sheet.value(row, column, number);
        case Boolean truth -> sheet.value(row, column, truth);
        // Inline, because shared texts would all be held in memory to the end.
        case Object text -> inline(column, text.toString());
      }
    }
    row++;
  }

  private void inline(int column, String text) {
    if (text.isEmpty()) return;
    String harmless = Table.harmless(text);
    sheet.inlineString(
        row,
        column,
        harmless.length() <= LONGEST_TEXT
            ? harmless
            : harmless.substring(0, LONGEST_TEXT - CUT.length()) + CUT);
  }

  @Override
  public void flush() throws IOException {
    sheet.flush();
  }

  @Override
  public void finish() throws IOException {
    workbook.finish();
  }
}
