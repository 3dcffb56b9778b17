package dev.poise.agent.vrrp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a node can move addresses. */
public sealed interface VrrpAccess {
  /** It can. */
  record Granted(KeepalivedProgram program) implements VrrpAccess {}

  /** It cannot. */
  record Missing(String why) implements VrrpAccess {}

  /** What this process may do with a keepalived of that name. */
  static VrrpAccess to(String program) {
    try {
      String lacking = lackingCapability(Files.readString(Path.of("/proc/self/status")));
      if (!lacking.isEmpty()) return new Missing("the agent lacks " + lacking);
      return new Granted(KeepalivedProgram.find(program));
    } catch (IOException e) {
      return new Missing("" + e.getMessage());
    }
  }

  /** The first capability of those that are needed and that a process does not have. */
  static String lackingCapability(String status) {
    long effective =
        status
            .lines()
            .filter(line -> line.startsWith("CapEff:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElse(0);
    if ((effective & 1L << 12) == 0) return "CAP_NET_ADMIN";
    return (effective & 1L << 13) == 0 ? "CAP_NET_RAW" : "";
  }
}
