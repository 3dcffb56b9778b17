package dev.poise.agent.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration of an agent that runs as a process of its own. */
public final class AgentFile {
  private AgentFile() {}

  /** Writes it, with the key, into the scratch directory. */
  public static Path write(FakeServer server, Scratch scratch, int maxConnections)
      throws IOException {
    Path key = scratch.directory().resolve("key");
    Files.writeString(key, server.key + "\n");
    Path file = scratch.directory().resolve("agent.properties");
    Files.writeString(
        file,
        """
        server.url = %s
        server.pins = %s
        node.id = %s
        node.key-file = %s
        data.dir = %s
        run.dir = %s
        haproxy.max-connections = %d
        """
            .formatted(
                server.address().url(),
                server.address().pins().iterator().next().text(),
                server.node,
                key,
                scratch.settings().dataDirectory(),
                scratch.settings().runDirectory(),
                maxConnections));
    return file;
  }
}
