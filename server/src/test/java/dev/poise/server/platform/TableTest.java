package dev.poise.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
  @ParameterizedTest
  @ValueSource(strings = {"=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\uFF1D1"})
  void whatBeginsLikeAFormulaIsText(String cell) {
    assertThat(Table.harmless(cell)).isEqualTo("'" + cell);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a=1", "1-1", "'=1", "Ünïcode ✓", "line\nbreak"})
  void otherTextsStayAsTheyAre(String cell) {
    assertThat(Table.harmless(cell)).isEqualTo(cell);
  }
}
