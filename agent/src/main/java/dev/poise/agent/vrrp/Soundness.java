package dev.poise.agent.vrrp;

import dev.poise.agent.engine.KernelAccess;
import dev.poise.agent.observe.ReportBoard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks whether the node itself is broken: whether another one would do better. What a user asked
 * for and cannot be served is not served elsewhere either, so only what fails for most load
 * balancers counts, and never whether members are healthy.
 */
final class Soundness {
  private final KernelAccess kernel;
  private final Path dataDirectory;
  private final ReportBoard board;

  Soundness(KernelAccess kernel, Path dataDirectory, ReportBoard board) {
    this.kernel = kernel;
    this.dataDirectory = dataDirectory;
    this.board = board;
  }

  /** What is wrong, in words; it takes a while. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    int dead = board.dead();
    if (dead * 2 > board.size()) {
      faults.add("nothing serves for " + dead + " of " + board.size() + " load balancers");
    }
    if (kernel instanceof KernelAccess.Granted granted) {
      try {
        granted.kernel().probe();
      } catch (IOException e) {
        faults.add("kernel rules cannot be written: " + e.getMessage());
      }
    }
    Path file = dataDirectory.resolve("writable");
    try {
      Files.writeString(file, "this node can write here\n");
      Files.delete(file);
    } catch (IOException e) {
      faults.add("the data directory cannot be written");
    }
    return faults;
  }
}
