package dev.poise.agent.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A program that does one thing and ends. */
public final class Tool {
  private static final int PATIENCE_SECONDS = 30;

  private final String program;
  private final List<String> command;

  /** A program by its name or path, in the agent's own network. */
  public Tool(String program) {
    this(List.of(), program);
  }

  /**
   * A program by its name or path.
   *
   * @param enter what stands before it on the command line, see {@link Namespace#enter}
   */
  public Tool(List<String> enter, String program) {
    this.program = program;
    this.command = Stream.concat(enter.stream(), Stream.of(program)).toList();
  }

  /** How a run ended, and what it printed to both outputs. */
  public record Run(int exit, String output) {
    /** Whether it did what it should. */
    public boolean succeeded() {
      return exit == 0;
    }
  }

  /** Runs it to its end. */
  public Run run(List<String> arguments, String input) throws IOException {
    StringBuilder output = new StringBuilder();
    Process process = start(arguments, true);
    // It may print before it has read everything.
    Thread writer = Thread.ofVirtual().start(() -> feed(process.getOutputStream(), input));
    int exit = finish(process, writer, line -> output.append(line).append('\n'));
    return new Run(exit, output.toString());
  }

  /**
   * Gives every line of what it prints; the result has only what it complains of, which would
   * otherwise stand in the middle of a line.
   */
  Run read(List<String> arguments, Consumer<String> lines) throws IOException {
    StringBuilder complaints = new StringBuilder();
    Process process = start(arguments, false);
    feed(process.getOutputStream(), "");
    Thread listener =
        Thread.ofVirtual().start(() -> complaints.append(text(process.getErrorStream())));
    int exit = finish(process, listener, lines);
    return new Run(exit, complaints.toString());
  }

  private int finish(Process process, Thread companion, Consumer<String> lines) throws IOException {
    try {
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          lines.accept(line);
        }
      }
      companion.join();
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

  private Process start(List<String> arguments, boolean complaintsToo) throws IOException {
    List<String> line = new ArrayList<>(command);
    line.addAll(arguments);
    try {
      return new ProcessBuilder(line).redirectErrorStream(complaintsToo).start();
    } catch (IOException e) {
      throw new IOException("'" + program + "' does not run: is it installed?", e);
    }
  }

  private static String text(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException endedBefore) {
      return "";
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
