package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Fail;
import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Orders.Entrance;
import dev.poise.agent.doctor.Processes.Running;
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
import org.jspecify.annotations.Nullable;

/** Whether somebody else listens where a load balancer of the node is to listen. */
record PortsCheck(Path proc, Daemons daemons, List<Entrance> entrances) implements Check {
  private static final String LISTENING = "0A";
  private static final String ANY = "0.0.0.0";
  private static final String MAPPED = "0000000000000000FFFF0000";

  /** A socket that waits for connections, with its number in the kernel. */
  private record Listening(String address, int port, String inode) {
    boolean isAt(Entrance entrance) {
      return port == entrance.port()
          && (address.equals(ANY) || address.equals(entrance.address().text()));
    }
  }

  @Override
  public List<Finding> findings() throws IOException {
    if (entrances.isEmpty()) return List.of();
    List<Listening> sockets = new ArrayList<>(listening("net/tcp"));
    if (Files.exists(proc.resolve("net/tcp6"))) sockets.addAll(listening("net/tcp6"));
    sockets.removeIf(socket -> entrances.stream().noneMatch(socket::isAt));
    Map<String, Running> owners = owners(sockets);
    List<Finding> findings = new ArrayList<>();
    for (Entrance entrance : entrances) {
      for (Listening socket : sockets) {
        if (!socket.isAt(entrance)) continue;
        Running owner = owners.get(socket.inode());
        if (owner == null || !daemons.areOurs(owner)) findings.add(taken(entrance, owner));
      }
    }
    if (findings.isEmpty()) {
      findings.add(new Ok("nobody else listens where load balancers do"));
    }
    return findings;
  }

  private static Finding taken(Entrance entrance, @Nullable Running owner) {
    return new Fail(
        "%s of %s is taken by %s"
            .formatted(entrance, entrance.owner(), owner == null ? "an unknown process" : owner),
        "stop that, or move it elsewhere; the load balancer comes up by itself then");
  }

  private List<Listening> listening(String file) throws IOException {
    List<Listening> found = new ArrayList<>();
    List<String> lines = Files.readAllLines(proc.resolve(file), StandardCharsets.ISO_8859_1);
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.trim().split("\\s+", -1);
      if (!fields[3].equals(LISTENING)) continue;
      String[] local = fields[1].split(":", -1);
      found.add(new Listening(readable(local[0]), Integer.parseInt(local[1], 16), fields[9]));
    }
    return found;
  }

  /** The kernel writes {@code 0100007F}, lowest byte first on the machines we run on. */
  private static String readable(String hex) {
    if (hex.chars().allMatch(digit -> digit == '0')) return ANY;
    boolean mapped = hex.startsWith(MAPPED);
    if (hex.length() > 8 && !mapped) return "[" + hex + "]";
    long address = Long.parseLong(mapped ? hex.substring(MAPPED.length()) : hex, 16);
    return "%d.%d.%d.%d"
        .formatted(
            address & 255, (address >> 8) & 255, (address >> 16) & 255, (address >> 24) & 255);
  }

  private Map<String, Running> owners(List<Listening> sockets) {
    Set<String> wanted = new HashSet<>();
    for (Listening socket : sockets) wanted.add("socket:[" + socket.inode() + "]");
    Map<String, Running> owners = new HashMap<>();
    if (wanted.isEmpty()) return owners;
    for (Running process : daemons.processes().all()) {
      for (String target : descriptors(proc.resolve(process.pid() + "/fd"))) {
        if (wanted.contains(target)) {
          owners.put(target.substring("socket:[".length(), target.length() - 1), process);
        }
      }
    }
    return owners;
  }

  private static List<String> descriptors(Path directory) {
    List<String> targets = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) targets.add(Files.readSymbolicLink(entry).toString());
    } catch (IOException endedMeanwhile) {
      // What was read of it until then is right all the same.
    }
    return targets;
  }
}
