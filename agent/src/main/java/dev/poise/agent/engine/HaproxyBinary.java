package dev.poise.agent.engine;

import dev.poise.agent.kernel.Namespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The HAProxy program: its version, its checker and its start.
 *
 * <p>What it prints goes to a file, never to a pipe: a process that outlives the agent must not die
 * of writing to one nobody reads.
 */
public final class HaproxyBinary {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int EXIT_TOO_SLOW = 124;

  /**
   * Objects it no longer needs stay in lists of the process. As Debian builds it, they go back to
   * malloc as soon as there are more than 512 kB, which a few HTTP/2 connections at work exceed all
   * the time.
   */
  private static final String KEEP_OBJECTS = "-dMglobal";

  private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.(\\d+)\\.([0-9.]+)");

  private final List<String> enter;
  private final String program;

  /** A program by its name or path. */
  public HaproxyBinary(String program) {
    this(List.of(), program);
  }

  private HaproxyBinary(List<String> enter, String program) {
    this.enter = enter;
    this.program = program;
  }

  /** The same program, run in a network namespace, see {@link Namespace#enter}. */
  HaproxyBinary in(List<String> namespace) {
    return new HaproxyBinary(namespace, program);
  }

  /**
   * Its version, such as {@code 2.6.12}.
   *
   * @throws IOException if it does not run, or is older than 2.6
   */
  public String version() throws IOException, InterruptedException {
    Path output = Files.createTempFile("haproxy-version", ".txt");
    try {
      Finished finished = run(List.of(program, "-v"), output);
      Matcher version = VERSION.matcher(finished.output());
      if (!finished.succeeded() || !version.find()) {
        throw new IOException("'" + program + " -v' does not say a version of HAProxy");
      }
      int major = Integer.parseInt(version.group(1));
      int minor = Integer.parseInt(version.group(2));
      String text = major + "." + minor + "." + version.group(3);
      if (major < 2 || (major == 2 && minor < 6)) {
        throw new IOException("HAProxy " + text + " is too old: 2.6 or later is needed");
      }
      return text;
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Whether it was built with a TLS library that all that is rendered for HTTPS works with. */
  public boolean speaksTls() throws IOException, InterruptedException {
    Path output = Files.createTempFile("haproxy-build", ".txt");
    try {
      Finished finished = run(List.of(program, "-vv"), output);
      return finished.succeeded() && finished.output().contains("Built with OpenSSL version");
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Has the configuration checked. */
  Finished check(Path config) throws IOException, InterruptedException {
    return run(List.of(program, "-c", "-f", config.toString()), config.resolveSibling("check.log"));
  }

  /** Starts a process that inherits nothing. */
  Finished start(Path config, Path pidFile) throws IOException, InterruptedException {
    return run(startCommand(config, pidFile), config.resolveSibling("start.log"));
  }

  /** Starts a process that takes over the listeners of an old one and tells it to finish. */
  Finished takeOver(Path config, Path pidFile, Path socket, ProcessIdentity old)
      throws IOException, InterruptedException {
    List<String> command = startCommand(config, pidFile);
    command.addAll(List.of("-x", socket.toString(), "-sf", "" + old.pid()));
    return run(command, config.resolveSibling("start.log"));
  }

  private List<String> startCommand(Path config, Path pidFile) {
    return new ArrayList<>(
        List.of(program, "-D", KEEP_OBJECTS, "-f", config.toString(), "-p", pidFile.toString()));
  }

  private Finished run(List<String> command, Path output) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(enter);
    line.addAll(command);
    Process process =
        new ProcessBuilder(line)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended;
    try {
      ended = process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      process.destroyForcibly();
    }
    String printed = Files.readString(output, StandardCharsets.ISO_8859_1);
    return ended
        ? new Finished(process.exitValue(), printed)
        : new Finished(
            EXIT_TOO_SLOW,
            "[ALERT] (0) : haproxy did not finish within " + PATIENCE.toSeconds() + " s");
  }
}
