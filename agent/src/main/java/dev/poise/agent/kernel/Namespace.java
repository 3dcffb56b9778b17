package dev.poise.agent.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A network namespace of this machine: interfaces, addresses, routes, rules and sessions of its
 * own.
 *
 * @param name as {@code ip netns} knows it; empty for the one the agent is in
 * @param inode tells it from another one that has, or had, the same name
 */
public record Namespace(String name, long inode) {
  private static final Path NAMED = Path.of("/run/netns");
  private static final Path OWN = Path.of("/proc/self/ns/net");

  /** The one the agent is in. */
  public static Namespace own() throws IOException {
    return new Namespace("", inodeOf(OWN));
  }

  /** The one with that name, if there is one. */
  public static Optional<Namespace> find(String name) {
    Path file = fileOf(name);
    try {
      // A file without a namespace mounted on it is what a failed deletion leaves.
      boolean real =
          Files.getAttribute(file, "unix:dev").equals(Files.getAttribute(OWN, "unix:dev"));
      return real ? Optional.of(new Namespace(name, inodeOf(file))) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The file that stands for a name. */
  public static Path fileOf(String name) {
    return NAMED.resolve(name);
  }

  private static long inodeOf(Path file) throws IOException {
    return (Long) Files.getAttribute(file, "unix:ino");
  }

  /** Whether it is the one the agent is in. */
  public boolean isOwn() {
    return name.isEmpty();
  }

  /** What stands before a command line that is to run in it. */
  public List<String> enter(String ipProgram) {
    return isOwn() ? List.of() : List.of(ipProgram, "netns", "exec", name);
  }
}
