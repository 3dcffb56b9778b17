package dev.poise.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the agent finds on the machine that its configuration depends on.
 *
 * @param openFilesLimit how many files a process may have open at most
 */
record NodeFacts(boolean isRoot, long openFilesLimit) {
  private static final int MOST_CONNECTIONS = 10_000;
  private static final int RESERVED_FILES = 2000;

  static NodeFacts ofThisProcess() throws IOException {
    return new NodeFacts(isRoot(Files.readAllLines(Path.of("/proc/self/status"))), limit());
  }

  private static boolean isRoot(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith("Uid:"))
        .anyMatch(line -> line.split("\\s+", -1)[2].equals("0"));
  }

  private static long limit() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
      if (!line.startsWith("Max open files")) continue;
      String hard = line.substring("Max open files".length()).strip().split("\\s+", -1)[1];
      return hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard);
    }
    throw new IOException("the limit of open files is not in /proc/self/limits");
  }

  /**
   * HAProxy needs two files per connection, and one per listener and health check; it refuses to
   * start if it could ever need more than it may have.
   */
  int affordableConnections() {
    long reserved = Math.min(RESERVED_FILES, openFilesLimit / 4);
    return (int) Math.max(1, Math.min(MOST_CONNECTIONS, (openFilesLimit - reserved) / 2));
  }
}
