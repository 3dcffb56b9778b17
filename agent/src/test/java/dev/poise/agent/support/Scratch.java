package dev.poise.agent.support;

import dev.poise.agent.engine.ProcessIdentity;
import dev.poise.agent.engine.ProcessTable;
import dev.poise.agent.render.NodeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The directories of a node under test; ends its processes and deletes them afterwards. */
public final class Scratch implements AutoCloseable {
  private final Path directory;

  private Scratch(Path directory) {
    this.directory = directory;
  }

  /** New directories. Their path is short, because sockets are in them. */
  public static Scratch create() throws IOException {
    Path directory = Files.createTempDirectory(Path.of("/tmp"), "poise");
    Files.createDirectories(directory.resolve("data/empty"));
    Files.createDirectories(directory.resolve("run"));
    return new Scratch(directory);
  }

  /** The directory of everything. */
  public Path directory() {
    return directory;
  }

  /** Settings for the node. */
  public NodeSettings settings() {
    return new NodeSettings(
        directory.resolve("data"),
        directory.resolve("run"),
        1,
        500,
        60,
        new NodeSettings.Privileges.Kept(),
        "edge");
  }

  /** The HAProxy processes of the node. */
  public List<ProcessIdentity> processes() throws IOException {
    return ProcessTable.daemonsBelow(settings().loadBalancersDirectory()).stream()
        .map(ProcessTable.Daemon::identity)
        .toList();
  }

  @Override
  public void close() throws IOException {
    try {
      endProcesses();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) Files.deleteIfExists(file);
  }

  private void endProcesses() throws IOException, InterruptedException {
    for (ProcessIdentity process : processes()) {
      ProcessTable.signal(process, ProcessTable.Signal.KILL);
      ProcessTable.awaitEnd(process, Duration.ofSeconds(5));
    }
  }
}
