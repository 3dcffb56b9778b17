package dev.poise.agent.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** The kernel's list of processes, as far as they are ours. */
public final class ProcessTable {
  private static final Path PROC = Path.of("/proc");
  private static final int STATE = 0;
  private static final int START_TIME = 19;

  private ProcessTable() {}

  /** The signals that HAProxy and keepalived understand. */
  public enum Signal {
    /** HAProxy: stop listening, finish what is open, then end. */
    USR1("USR1"),
    /** keepalived: read the configuration again. */
    HUP("HUP"),
    /** keepalived: tell everything, as JSON. */
    TELL("RTMIN+2"),
    /** End now. */
    TERM("TERM"),
    /** Be ended by the kernel. */
    KILL("KILL");

    private final String word;

    Signal(String word) {
      this.word = word;
    }
  }

  /** The process with that pid, unless it has ended. */
  public static Optional<ProcessIdentity> find(long pid) {
    String stat;
    try {
      stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return Optional.empty();
    }
    // The name in brackets may hold anything, so counting starts behind it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    boolean ended = fields[STATE].equals("Z") || fields[STATE].equals("X");
    if (ended) return Optional.empty();
    return Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[START_TIME])));
  }

  /** Whether this very process still runs. */
  public static boolean isAlive(ProcessIdentity process) {
    return find(process.pid()).filter(process::equals).isPresent();
  }

  /** The inode of the network namespace a process is in; empty if that is not for us to know. */
  static OptionalLong networkOf(ProcessIdentity process) {
    try {
      String link = Files.readSymbolicLink(PROC.resolve(process.pid() + "/ns/net")).toString();
      return OptionalLong.of(Long.parseLong(link.replaceAll("[^0-9]", "")));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** A process in the background, and the configuration file it was started with. */
  public record Daemon(ProcessIdentity identity, Path config) {}

  /** The daemons that were started with a configuration file below a directory. */
  public static List<Daemon> daemonsBelow(Path directory) throws IOException {
    List<Daemon> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        Optional<Path> config = configOf(entry).filter(file -> file.startsWith(directory));
        if (config.isEmpty()) continue;
        find(Long.parseLong(entry.getFileName().toString()))
            .ifPresent(identity -> found.add(new Daemon(identity, config.get())));
      }
    }
    return found;
  }

  /** All processes that were started with exactly this configuration file. */
  public static List<ProcessIdentity> startedWith(Path config) throws IOException {
    List<ProcessIdentity> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        if (!configIn(commandLine(entry)).equals(Optional.of(config))) continue;
        find(Long.parseLong(entry.getFileName().toString())).ifPresent(found::add);
      }
    }
    return found;
  }

  /** The configuration file a daemon was started with. */
  static Optional<Path> configOf(ProcessIdentity daemon) {
    return configOf(PROC.resolve("" + daemon.pid()));
  }

  private static Optional<Path> configOf(Path process) {
    List<String> words = commandLine(process);
    return words.contains("-D") ? configIn(words) : Optional.empty();
  }

  private static Optional<Path> configIn(List<String> words) {
    int option = words.indexOf("-f");
    boolean known = option >= 0 && option + 1 < words.size();
    return known ? Optional.of(Path.of(words.get(option + 1))) : Optional.empty();
  }

  private static List<String> commandLine(Path process) {
    try {
      String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      return Arrays.asList(line.split("\0", -1));
    } catch (IOException ended) {
      return List.of();
    }
  }

  /** Sends a signal, if this very process still runs. */
  public static void signal(ProcessIdentity process, Signal signal)
      throws IOException, InterruptedException {
    if (!isAlive(process)) return;
    Process kill =
        new ProcessBuilder(
                "/bin/sh", "-c", "kill -s \"$0\" \"$1\"", signal.word, "" + process.pid())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!kill.waitFor(5, TimeUnit.SECONDS)) kill.destroyForcibly();
  }

  /** Waits for the end of a process; says whether it came in time. */
  public static boolean awaitEnd(ProcessIdentity process, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (isAlive(process)) {
      if (System.nanoTime() > deadline) return false;
      Thread.sleep(10);
    }
    return true;
  }
}
