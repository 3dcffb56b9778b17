package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How full the table of connections is, if the kernel tracks any: when it is full, the kernel drops
 * packets of new ones, TCP as well.
 *
 * @param folder where the kernel says it, {@code /proc/sys/net/netfilter}
 */
record TrackingCheck(Path folder) implements Check {
  private static final double MUCH = 0.8;

  @Override
  public List<Finding> findings() throws IOException {
    if (Files.notExists(folder.resolve("nf_conntrack_max"))) return List.of();
    long most = number("nf_conntrack_max");
    long tracked = number("nf_conntrack_count");
    String line = "tracked connections: %d of %d".formatted(tracked, most);
    // The kernel understands 0 as no limit.
    if (most == 0 || tracked < MUCH * most) return List.of(new Ok(line));
    return List.of(
        new Warn(
            line + "; packets of new ones are dropped when there are more",
            "raise net.netfilter.nf_conntrack_max"));
  }

  private long number(String name) throws IOException {
    // Numbers below /proc/sys come whole with the first read and not at all with a second one, and
    // Files.readString begins with one byte.
    String text = String.join("", Files.readAllLines(folder.resolve(name))).strip();
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException(name + " is \"" + text + "\"", e);
    }
  }
}
