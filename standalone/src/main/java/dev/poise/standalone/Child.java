package dev.poise.standalone;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A process we started and are responsible for.
 *
 * <p>It gets a session of its own, so that Ctrl-C on the terminal reaches the launcher alone and
 * the launcher can stop things in the right order. Who it is, is written to a file at once, so that
 * a later launcher finds it when this one was killed.
 */
public final class Child {
  private final String name;
  private final Process process;
  private final ProcessIdentity identity;
  private final LogFile log;
  private final Path pidFile;

  private Child(String name, Process process, ProcessIdentity identity, LogFile log, Path pidFile) {
    this.name = name;
    this.process = process;
    this.identity = identity;
    this.log = log;
    this.pidFile = pidFile;
  }

  /** Starts a program whose output goes to the log. */
  static Child start(String name, ProcessBuilder builder, LogFile log, Path pidFile) {
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(builder.command());
    log.startAfresh();
    builder
        .command(command)
        .redirectErrorStream(true)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()));
    try {
      Process process = builder.start();
      ProcessIdentity identity =
          ProcessIdentity.of(process.pid())
              .orElseThrow(() -> new CannotStart(name + " ended at once."));
      PrivateFiles.write(pidFile, identity + "\n");
      return new Child(name, process, identity, log, pidFile);
    } catch (IOException e) {
      throw new CannotStart(name + " cannot be started: " + e.getMessage(), e);
    }
  }

  /** What it is, as a sentence about it begins. */
  public String name() {
    return name;
  }

  public long pid() {
    return identity.pid();
  }

  public LogFile log() {
    return log;
  }

  public boolean isAlive() {
    return identity.isAlive();
  }

  /** Completes with the exit code when it ended, for whatever reason. */
  CompletableFuture<Integer> onExit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /** Asks it to end and, when patience is over, ends it. */
  void stop(String signal, Duration patience) {
    identity.stop(signal, patience);
    forget();
  }

  /** Ends it without a warning. Its pid file stays, as after a crash. */
  public void kill9() {
    identity.kill9();
  }

  private void forget() {
    try {
      Files.deleteIfExists(pidFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
