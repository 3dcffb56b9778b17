package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Fail;
import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel lets a process do.
 *
 * @param status of the process, such as {@code /proc/self/status}
 */
record RightsCheck(Path status) implements Check {
  private static final String LINE = "CapEff:";

  private enum Right {
    CAP_NET_BIND_SERVICE(10, true, "ports below 1024"),
    CAP_NET_ADMIN(12, false, "UDP, packet counters and addresses"),
    CAP_NET_RAW(13, false, "VRRP"),
    CAP_SYS_ADMIN(21, false, "load balancers in networks of VPCs");

    private final int bit;
    private final boolean essential;
    private final String use;

    Right(int bit, boolean essential, String use) {
      this.bit = bit;
      this.essential = essential;
      this.use = use;
    }

    Finding look(long rights) {
      if ((rights >> bit & 1) == 1) return new Ok(name());
      String what = name() + " is missing, so there are no " + use;
      String remedy = "start the agent as root, or name it in the unit's CapabilityBoundingSet=";
      return essential ? new Fail(what, remedy) : new Warn(what, remedy);
    }
  }

  @Override
  public List<Finding> findings() throws IOException {
    for (String line : Files.readAllLines(status)) {
      if (!line.startsWith(LINE)) continue;
      long rights = Long.parseUnsignedLong(line.substring(LINE.length()).strip(), 16);
      List<Finding> findings = new ArrayList<>();
      for (Right right : Right.values()) findings.add(right.look(rights));
      return findings;
    }
    throw new IOException(status + " does not say " + LINE);
  }
}
