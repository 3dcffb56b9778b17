package dev.poise.bench;

import dev.poise.standalone.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel tells about a process. */
record LinuxProcess(long pid) {
  // Fields of /proc/<pid>/net/tcp.
  private static final int LOCAL_ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final String LISTENING = "0A";

  // Fields of /proc/<pid>/stat behind the name of the program.
  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;
  private static final int USER_TIME_OF_ENDED = 13;
  private static final int SYSTEM_TIME_OF_ENDED = 14;

  /**
   * The HAProxy process of a load balancer. After a change there may be a second one for a moment,
   * which finishes what it has.
   */
  static LinuxProcess haproxyOf(String loadBalancer) {
    List<LinuxProcess> found = new ArrayList<>();
    boolean alone =
        Deadline.in(Duration.ofSeconds(10))
            .await(() -> {
              found.clear();
              found.addAll(haproxiesOf("/" + loadBalancer + "/"));
              return found.size() == 1;
            });
    if (!alone) throw new IllegalStateException(loadBalancer + " has the processes " + found);
    return found.getFirst();
  }

  /** The HAProxy processes with that text in their arguments. */
  static List<LinuxProcess> haproxiesOf(String text) {
    return ProcessHandle.allProcesses()
        .map(handle -> new LinuxProcess(handle.pid()))
        .filter(process -> process.isHaproxyOf(text))
        .toList();
  }

  private boolean isHaproxyOf(String text) {
    try {
      if (!Files.readSymbolicLink(file("exe")).endsWith("haproxy")) return false;
      byte[] arguments = Files.readAllBytes(file("cmdline"));
      return new String(arguments, StandardCharsets.UTF_8).contains(text);
    } catch (IOException endedOrNotOurs) {
      return false;
    }
  }

  /** Whether it listens there for TCP. */
  boolean listensAt(InetSocketAddress at) {
    // The kernel prints the number that the bytes are on this machine.
    byte[] address = at.getAddress().getAddress();
    int number = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).getInt();
    String local = "%08X:%04X".formatted(number, at.getPort());
    return text(file("net/tcp"))
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields[LOCAL_ADDRESS].equals(local) && fields[STATE].equals(LISTENING))
        .anyMatch(fields -> hasOpen("socket:[" + fields[INODE] + "]"));
  }

  private boolean hasOpen(String target) {
    try (Stream<Path> files = Files.list(file("fd"))) {
      return files.anyMatch(file -> {
        try {
          return Files.readSymbolicLink(file).toString().equals(target);
        } catch (IOException closedMeanwhile) {
          return false;
        }
      });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its memory; what it shares with others is divided among them. */
  double pssMegabytes() {
    return megabytes("smaps_rollup", "Pss:");
  }

  /** Its memory; what it shares counts in full. */
  double rssMegabytes() {
    return megabytes("status", "VmRSS:");
  }

  private double megabytes(String file, String name) {
    // What the kernel calls kB is 1024 bytes.
    return 1024 / 1e6 * number(file, name);
  }

  private long number(String file, String name) {
    return text(file(file))
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).replace("kB", "").strip())
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + name + " in " + file(file)));
  }

  /** The processor time that all its threads have used. */
  Duration cpuTime() {
    try (Stream<Path> threads = Files.list(file("task"))) {
      // The clock ticks in "stat" are 10 ms long and miss what is shorter.
      return Duration.ofNanos(
          threads
              .map(thread -> text(thread.resolve("schedstat")))
              .mapToLong(line -> Long.parseLong(line.split(" ", 2)[0]))
              .sum());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The processor time that it has used, by threads that ended too, which {@link #cpuTime} leaves
   * out. Counted in hundredths of a second.
   */
  Duration cpuTimeSinceStart() {
    return ticks(USER_TIME, SYSTEM_TIME);
  }

  /** The processor time that it and its children have used, those that ended included. */
  Duration cpuTimeOfFamily() {
    return children().stream()
        .map(LinuxProcess::cpuTimeSinceStart)
        .reduce(
            ticks(USER_TIME, SYSTEM_TIME, USER_TIME_OF_ENDED, SYSTEM_TIME_OF_ENDED),
            Duration::plus);
  }

  /** The memory of it and its children. */
  double pssMegabytesOfFamily() {
    return pssMegabytes()
        + children().stream().mapToDouble(LinuxProcess::pssMegabytesIfAlive).sum();
  }

  private double pssMegabytesIfAlive() {
    try {
      return pssMegabytes();
    } catch (UncheckedIOException endedMeanwhile) {
      return 0;
    }
  }

  private List<LinuxProcess> children() {
    return ProcessHandle.of(pid).stream()
        .flatMap(ProcessHandle::children)
        .map(child -> new LinuxProcess(child.pid()))
        .toList();
  }

  private Duration ticks(int... fields) {
    String line;
    try {
      line = Files.readString(file("stat"));
    } catch (IOException endedMeanwhile) {
      return Duration.ZERO;
    }
    // The name of the program may have spaces in it; it stands in brackets.
    String[] numbers = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (int field : fields) ticks += Long.parseLong(numbers[field]);
    return Duration.ofMillis(10 * ticks);
  }

  private Path file(String name) {
    return Path.of("/proc/" + pid, name);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
