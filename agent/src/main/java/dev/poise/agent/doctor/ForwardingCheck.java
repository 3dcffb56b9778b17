package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether the kernel forwards packets, if it is to.
 *
 * @param setting where the kernel says it
 */
record ForwardingCheck(Path setting, boolean needed) implements Check {
  @Override
  public List<Finding> findings() throws IOException {
    if (!needed) return List.of();
    if (Files.readString(setting).strip().equals("1")) {
      return List.of(new Ok("net.ipv4.ip_forward is 1"));
    }
    return List.of(
        new Warn(
            "net.ipv4.ip_forward is 0: datagrams do not get to members on other machines",
            "the agent sets it when there are such; if it does not stay 1, look in /etc/sysctl.d"
                + " for what sets it back"));
  }
}
