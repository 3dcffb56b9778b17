package dev.poise.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Runs openssl, curl and ip. */
final class Program {
  private Program() {}

  /** How it ended and what it wrote, errors included. */
  record Result(int code, String text) {}

  static Result run(Path folder, List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + command, e);
    }
  }

  /** Whether it succeeded. */
  static boolean succeeds(String... command) {
    return run(Path.of("."), List.of(command)).code() == 0;
  }

  /** What it wrote; it must succeed. */
  static String output(String... command) {
    Result result = run(Path.of("."), List.of(command));
    if (result.code() != 0) throw new IllegalStateException(command[0] + ": " + result);
    return result.text();
  }
}
