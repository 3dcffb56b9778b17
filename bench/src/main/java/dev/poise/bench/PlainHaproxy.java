package dev.poise.bench;

import dev.poise.standalone.Deadline;
import dev.poise.standalone.Ports;
import dev.poise.standalone.ProjectPlaces;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An HAProxy that is started from a file of the folder {@code bench/haproxy}, without Poise. */
final class PlainHaproxy {
  private final Process process;
  private final Room room;
  private final String address;

  private PlainHaproxy(Process process, Room room, String address) {
    this.process = process;
    this.room = room;
    this.address = address;
  }

  /**
   * What is the same for all.
   *
   * @param files the configurations
   * @param folder for what they write
   * @param more names of parts that are wanted as well
   */
  record Setup(Path files, Path folder, Room room, Members members, Map<String, String> more) {
    /** In the room that Poise is in, with the members of its load balancers. */
    static Setup of(ProjectPlaces project, RunningPoise poise) {
      return new Setup(
          project.root().resolve("bench/haproxy"),
          poise.folder(),
          Room.OF_POISE,
          new Members(poise.otherAddress(1)),
          Map.of());
    }

    Setup with(Map<String, String> more) {
      return new Setup(files, folder, room, members, more);
    }

    /** In another folder of this one. */
    Setup in(String subfolder) {
      return new Setup(files, folder.resolve(subfolder), room, members, more);
    }

    /**
     * In a room of its own, where members are to be started as well, and where the kernel counts
     * packets as by-hand.nft says.
     *
     * @param address that of by-hand.cfg
     */
    Setup counting(Scope scope, String address) {
      return in(Room.counting(scope, files.resolve("by-hand.nft"), address)).in("counting");
    }

    /** In a room of its own, where members are to be started as well. */
    Setup alone(Scope scope) {
      return in(Room.empty(scope)).in("alone");
    }

    private Setup in(Room other) {
      return new Setup(files, folder, other, members, more);
    }
  }

  /** Starts the members; the scope ends them. */
  static PlainHaproxy startMembers(Scope scope, Setup setup) {
    return start(scope, setup, "backend", setup.members().address(), Members.PORT_OF_A);
  }

  /**
   * Starts it and waits until it listens; the scope ends it.
   *
   * @param name of the file, without {@code .cfg}
   * @param port on which the file says it listens
   */
  static PlainHaproxy start(Scope scope, Setup setup, String name, String address, int port) {
    Path log = setup.folder().resolve(name + ".log");
    makeFolder(setup.folder().resolve("empty"));
    // In a session of its own, as Poise's is: the kernel shares processor time between sessions.
    List<String> command =
        List.of("setsid", "haproxy", "-db", "-f", setup.files().resolve(name + ".cfg").toString());
    ProcessBuilder builder =
        new ProcessBuilder(setup.room().inside(command))
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("ADDRESS", address);
    environment.put("BACKEND", setup.members().address());
    environment.put("FOLDER", setup.folder().toString());
    environment.putAll(setup.more());
    // Only root can become somebody else. The agent decides in the same way.
    if (Machine.isRoot()) environment.put("AS_ROOT", "yes");
    Process process = scope.open(() -> start(builder), PlainHaproxy::end);
    PlainHaproxy haproxy = new PlainHaproxy(process, setup.room(), address);
    boolean listens =
        Deadline.in(Duration.ofSeconds(10))
            .await(() -> !process.isAlive() || haproxy.process().listensAt(haproxy.at(port)));
    if (!listens || !process.isAlive()) {
      throw new IllegalStateException(name + ".cfg does not run: " + text(log));
    }
    return haproxy;
  }

  private static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
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

  private static void end(Process process) {
    process.destroy();
    process.onExit().join();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  InetSocketAddress at(int port) {
    return Ports.endpoint(address, port);
  }

  /** As one that carries traffic on a port. */
  Contender contender(String name, int port) {
    return new Contender(name, room, at(port), process()::cpuTime);
  }

  LinuxProcess process() {
    return new LinuxProcess(process.pid());
  }
}
