package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Fail;
import dev.poise.agent.doctor.Finding.Ok;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How many files a process may have open: two for each connection, and some.
 *
 * @param limits of the process, such as {@code /proc/self/limits}
 * @param maxConnections of one load balancer on this node
 */
record OpenFilesCheck(Path limits, int maxConnections) implements Check {
  private static final String LINE = "Max open files";

  @Override
  public List<Finding> findings() throws IOException {
    for (String line : Files.readAllLines(limits)) {
      if (!line.startsWith(LINE)) continue;
      String hard = line.substring(LINE.length()).strip().split("\\s+", -1)[1];
      boolean enough = hard.equals("unlimited") || Long.parseLong(hard) > 2L * maxConnections;
      return List.of(
          enough
              ? new Ok("open files: " + hard)
              : new Fail(
                  "open files: %s, and %d connections of a load balancer need two each"
                      .formatted(hard, maxConnections),
                  "raise LimitNOFILE= of the unit, or lower haproxy.max-connections"));
    }
    throw new IOException(limits + " does not say " + LINE);
  }
}
