package dev.poise.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the evaluation mode keeps its things, all below {@code .poise}.
 *
 * <p>What belongs to a database (the administrator's key, the node's key, the node's ledger) is
 * kept by database, so that a run with another one does not present it the wrong keys.
 */
record Places(ProjectPlaces project) {
  // A Unix socket's name ends after 107 characters; a load balancer's id and file need about 55.
  private static final int LONGEST_SOCKET_FOLDER = 50;

  private Path folder() {
    return project.poiseFolder();
  }

  private Path run(String name) {
    return folder().resolve("run").resolve(name);
  }

  LogFile log(String name) {
    return new LogFile(folder().resolve("logs").resolve(name + ".log"));
  }

  Path logs() {
    return folder().resolve("logs");
  }

  Path lock() {
    return run("launcher.lock");
  }

  Path launcherPid() {
    return run("launcher.pid");
  }

  Path serverPid() {
    return run("server.pid");
  }

  Path agentPid() {
    return run("agent.pid");
  }

  /** A link to the agent's configuration of this run, or of the last one. */
  Path agentFile() {
    return run("agent.properties");
  }

  Postgres.Places postgres() {
    return new Postgres.Places(
        folder(), folder().resolve("postgres"), log("postgres"), run("postgres.pid"));
  }

  /** What belongs to a database; none given means our own. */
  Path state(Optional<Database> database) {
    String name =
        database
            .map(other -> "%s-%d-%s".formatted(other.host(), other.port(), other.name()))
            .orElse("embedded");
    return folder().resolve("state").resolve(name.replaceAll("[^A-Za-z0-9.-]", "_"));
  }

  /** A folder for Unix sockets: below the project if its name is short enough, else in /tmp. */
  Path socketFolder() {
    Path preferred = run("node");
    if (preferred.toString().length() <= LONGEST_SOCKET_FOLDER) return preferred;
    String digest = Integer.toHexString(project.root().toString().hashCode());
    Path elsewhere = Path.of("/tmp", "poise-" + System.getProperty("user.name") + "-" + digest);
    return ours(PrivateFiles.createFolder(elsewhere));
  }

  /** In a folder that everybody may write to, somebody else may have been first. */
  private static Path ours(Path folder) {
    try {
      boolean real = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
      String owner = Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName();
      if (real && owner.equals(System.getProperty("user.name"))) return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new CannotStart(folder + " belongs to somebody else. Remove it, or move the project.");
  }
}
