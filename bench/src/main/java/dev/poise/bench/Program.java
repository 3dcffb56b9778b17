package dev.poise.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs programs that end by themselves. */
final class Program {
  private Program() {}

  /** What it prints, errors included; the scope ends it when the run is interrupted. */
  static String output(Scope scope, List<String> command) {
    return read(started(scope, command));
  }

  /** Starts it, and leaves what it prints to be read. */
  static Process started(Scope scope, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    return scope.open(() -> start(builder), Process::destroy);
  }

  /** What it prints until its end. */
  static String read(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
