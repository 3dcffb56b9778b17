package dev.poise.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HaproxyBinaryTest {
  @TempDir Path directory;

  private HaproxyBinary saying(String text) throws IOException {
    Path program =
        Files.writeString(directory.resolve("haproxy"), "#!/bin/sh\necho '" + text + "'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new HaproxyBinary(program.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "HAProxy version 2.6.12-1+deb12u4 2026/10/17, 2.6.12",
    "HAProxy version 3.0.5 2024/09/19, 3.0.5",
    "HAProxy version 2.10.1, 2.10.1"
  })
  void knowsItsVersion(String said, String version) throws Exception {
    assertThat(saying(said).version()).isEqualTo(version);
  }

  @ParameterizedTest
  @CsvSource({
    "HAProxy version 2.4.22 2023/02/14, HAProxy 2.4.22 is too old: 2.6 or later is needed",
    "HA-Proxy version 1.8.4 2018/02/08, HAProxy 1.8.4 is too old: 2.6 or later is needed",
    "hello, does not say a version of HAProxy"
  })
  void refusesWhatItCannotUse(String said, String sentence) {
    assertThatThrownBy(() -> saying(said).version())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void saysWhichProgramIsMissing() {
    assertThatThrownBy(() -> new HaproxyBinary("/nowhere/haproxy").version())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/nowhere/haproxy");
  }
}
