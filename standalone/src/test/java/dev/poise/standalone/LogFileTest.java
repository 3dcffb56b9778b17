package dev.poise.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
  @TempDir Path folder;

  @Test
  void itsTailIsTheLastLinesOfThisRunOnly() throws IOException {
    LogFile log = new LogFile(folder.resolve("server.log"));
    Files.writeString(log.path(), "of the run before\n");
    log.startAfresh();
    assertThat(log.tail(2)).isEmpty();
    Files.writeString(log.path(), "one\ntwo\nthree\n");
    assertThat(log.tail(2)).isEqualTo("two\nthree");
    assertThat(Files.readString(folder.resolve("server.log.1"))).isEqualTo("of the run before\n");
  }
}
