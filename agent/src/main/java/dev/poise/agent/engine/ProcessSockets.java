package dev.poise.agent.engine;

import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The open TCP connections of a process, as the kernel sees them.
 *
 * <p>A process that is being replaced answers only on admin connections opened before. When the
 * agent was restarted since, it has none, and must still not take a member for idle that the old
 * process serves, nor forget whom it serves.
 */
final class ProcessSockets {
  private static final String ESTABLISHED = "01";

  private ProcessSockets() {}

  /** A connection, each end as {@code address:port}. */
  record Connection(String local, String remote) {
    IpAddress remoteAddress() {
      return new IpAddress(remote.substring(0, remote.indexOf(':')));
    }
  }

  /** From {@code address:port} of the other side to the number of open connections to it. */
  static Map<String, Long> byRemote(ProcessIdentity process) throws IOException {
    Map<String, Long> connections = new HashMap<>();
    for (Connection connection : of(process)) connections.merge(connection.remote(), 1L, Long::sum);
    return connections;
  }

  static List<Connection> of(ProcessIdentity process) throws IOException {
    Path directory = Path.of("/proc/" + process.pid());
    Set<String> own = sockets(directory.resolve("fd"));
    List<Connection> connections = new ArrayList<>();
    for (String line : lines(directory)) {
      String[] fields = line.trim().split("\\s+", -1);
      String state = fields[3];
      String inode = fields[9];
      if (state.equals(ESTABLISHED) && own.contains(inode)) {
        connections.add(new Connection(readable(fields[1]), readable(fields[2])));
      }
    }
    return connections;
  }

  /** A process in another namespace may have listeners in ours. */
  private static List<String> lines(Path process) throws IOException {
    List<String> lines = new ArrayList<>(lines(process, "net/tcp"));
    Path own = Path.of("/proc/self");
    boolean elsewhere = !networkOf(process).equals(networkOf(own));
    if (elsewhere) lines.addAll(lines(own, "net/tcp"));
    return lines;
  }

  private static List<String> lines(Path process, String table) throws IOException {
    List<String> lines = Files.readAllLines(process.resolve(table), StandardCharsets.ISO_8859_1);
    return lines.subList(1, lines.size());
  }

  private static Path networkOf(Path process) throws IOException {
    return Files.readSymbolicLink(process.resolve("ns/net"));
  }

  private static Set<String> sockets(Path descriptors) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(descriptors)) {
      for (Path entry : entries) {
        String target = targetOf(entry);
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    }
    return inodes;
  }

  private static String targetOf(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  /** The kernel writes {@code 0100007F:1F90}, lowest byte first on the machines we run on. */
  static String readable(String hex) {
    long address = Long.parseLong(hex.substring(0, 8), 16);
    int port = Integer.parseInt(hex.substring(9), 16);
    return "%d.%d.%d.%d:%d"
        .formatted(
            address & 255,
            (address >> 8) & 255,
            (address >> 16) & 255,
            (address >> 24) & 255,
            port);
  }
}
