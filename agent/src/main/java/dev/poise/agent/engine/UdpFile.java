package dev.poise.agent.engine;

import dev.poise.agent.ledger.DurableFile;
import dev.poise.agent.render.DigestedSpec;
import dev.poise.agent.render.UdpTarget;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecJson.MalformedSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * What the kernel was brought to last, on disk: the spec, and the members that were healthy. A node
 * that starts anew begins with it, an agent that starts anew compares it with what the kernel says.
 */
final class UdpFile {
  private final Path directory;

  UdpFile(Path directory) {
    this.directory = directory;
  }

  /** What is in it. */
  record Content(DigestedSpec spec, List<UdpTarget> healthy) {}

  private record Stored(String digest, String spec, List<UdpTarget> healthy) {}

  void write(DigestedSpec spec, Collection<UdpTarget> healthy) throws IOException {
    Files.createDirectories(directory, LoadBalancerFiles.OWNER_ONLY);
    Stored stored = new Stored(spec.digest(), SpecJson.write(spec.spec()), List.copyOf(healthy));
    DurableFile.write(file(), SpecJson.write(stored));
  }

  Optional<Content> read() throws IOException {
    if (!Files.exists(file())) return Optional.empty();
    try {
      Stored stored = SpecJson.read(Files.readString(file()), Stored.class);
      DigestedSpec spec = new DigestedSpec(SpecJson.readSpec(stored.spec()), stored.digest());
      return Optional.of(new Content(spec, stored.healthy()));
    } catch (JacksonException | MalformedSpec e) {
      // Written by an agent that understood more: as good as not there.
      return Optional.empty();
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(file());
  }

  private Path file() {
    return directory.resolve("udp.json");
  }
}
