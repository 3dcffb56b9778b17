package dev.poise.agent.vrrp;

import dev.poise.agent.ledger.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The number of the last planned failover the node knows of, on disk: it gives way once. */
final class SeenHandover {
  private static final Logger log = LoggerFactory.getLogger(SeenHandover.class);

  private final Path file;
  private OptionalLong number;

  SeenHandover(Path dataDirectory) {
    file = dataDirectory.resolve("handover");
    number = read();
  }

  private OptionalLong read() {
    try {
      if (!Files.exists(file)) return OptionalLong.empty();
      return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      log.error("{} cannot be read, going on without it", file, e);
      return OptionalLong.empty();
    }
  }

  /** The number; nothing on a node that was never told any. */
  OptionalLong number() {
    return number;
  }

  /** Remembers a number, on disk if that is possible. */
  void put(long newest) {
    number = OptionalLong.of(newest);
    try {
      DurableFile.write(file, newest + "\n");
    } catch (IOException e) {
      log.error("{} cannot be written; this node gives way again after a restart", file, e);
    }
  }
}
