package dev.poise.agent.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A program that does one thing and ends. */
final class Tool {
  private static final int PATIENCE_SECONDS = 30;

  private final String program;

  Tool(String program) {
    this.program = program;
  }

  /** How a run ended, and what it printed to both outputs. */
  record Run(int exit, String output) {
    boolean succeeded() {
      return exit == 0;
    }
  }

  Run run(List<String> arguments, String input) throws IOException {
    StringBuilder output = new StringBuilder();
    int exit = run(arguments, input, line -> output.append(line).append('\n'));
    return new Run(exit, output.toString());
  }

  /** Gives every line of what it prints; says the exit code. */
  int run(List<String> arguments, String input, Consumer<String> lines) throws IOException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(arguments);
    Process process = start(command);
    try {
      // It may print before it has read everything.
      Thread writer = Thread.ofVirtual().start(() -> feed(process.getOutputStream(), input));
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          lines.accept(line);
        }
      }
      writer.join();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(program + " does not end");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(program + " was interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start(List<String> command) throws IOException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new IOException("'" + program + "' does not run: is it installed?", e);
    }
  }

  private static void feed(OutputStream stream, String input) {
    try (stream) {
      stream.write(input.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException endedBefore) {
      // Its exit code says whether that was right.
    }
  }
}
