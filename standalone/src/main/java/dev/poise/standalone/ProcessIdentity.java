package dev.poise.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which process is meant, for as long as the machine runs.
 *
 * <p>A pid alone does not say it: pids are used again, and after a reboot, or in a new container,
 * they are used again at once. A pid file with a bare number therefore sooner or later names a
 * stranger, and stopping "our left-over" stops somebody else's program. The pid, the moment the
 * process started (in clock ticks since the boot, which no clock correction changes) and the boot
 * together are never used twice.
 *
 * @param startTicks field 22 of {@code /proc/<pid>/stat}
 * @param boot the text of {@code /proc/sys/kernel/random/boot_id}
 */
public record ProcessIdentity(long pid, long startTicks, String boot) {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** The process that has this pid now. */
  public static Optional<ProcessIdentity> of(long pid) {
    return Stat.read(pid).map(stat -> new ProcessIdentity(pid, stat.startTicks(), bootId()));
  }

  /** The process a file names; empty when there is no such file or it cannot be understood. */
  public static Optional<ProcessIdentity> read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /** The identity that {@link #toString} wrote. */
  static Optional<ProcessIdentity> parse(String text) {
    List<String> words = List.of(text.strip().split(" ", -1));
    if (words.size() != 3) return Optional.empty();
    try {
      return Optional.of(
          new ProcessIdentity(
              Long.parseLong(words.get(0)), Long.parseLong(words.get(1)), words.get(2)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether it still runs. A process that ended but was not yet reaped does not. */
  public boolean isAlive() {
    return boot.equals(bootId())
        && Stat.read(pid)
            .filter(stat -> stat.startTicks() == startTicks && !stat.ended())
            .isPresent();
  }

  /** Sends a signal such as {@code TERM} if it still runs. */
  public void signal(String name) {
    if (isAlive()) Commands.run(List.of("kill", "-" + name, Long.toString(pid)));
  }

  /**
   * Asks it to end with a signal and, when patience is over, ends it.
   *
   * @return whether it ended by itself
   */
  public boolean stop(String signal, Duration patience) {
    signal(signal);
    if (Deadline.in(patience).await(() -> !isAlive())) return true;
    kill9();
    return false;
  }

  /** Ends it without a warning and waits until it is gone. */
  public void kill9() {
    signal("KILL");
    if (!Deadline.in(Duration.ofSeconds(10)).await(() -> !isAlive())) {
      throw new IllegalStateException("process " + pid + " survived SIGKILL for 10 s");
    }
  }

  @Override
  public String toString() {
    return pid + " " + startTicks + " " + boot;
  }

  private static String bootId() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What {@code /proc/<pid>/stat} says. */
  private record Stat(boolean ended, long startTicks) {
    static Optional<Stat> read(long pid) {
      try {
        return Optional.of(parse(Files.readString(Path.of("/proc/" + pid + "/stat"))));
      } catch (IOException gone) {
        return Optional.empty();
      }
    }

    private static Stat parse(String line) {
      // The program's name, in parentheses, may contain anything: count from the last one.
      List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
      String state = fields.get(0);
      return new Stat(state.equals("Z") || state.equals("X"), Long.parseLong(fields.get(19)));
    }
  }
}
