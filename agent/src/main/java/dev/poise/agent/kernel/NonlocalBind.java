package dev.poise.agent.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets processes of this network listen at addresses that another node has now, so that everything
 * is there when they come.
 */
public final class NonlocalBind {
  private static final Logger log = LoggerFactory.getLogger(NonlocalBind.class);
  private static final Path SETTING = Path.of("/proc/sys/net/ipv4/ip_nonlocal_bind");

  private NonlocalBind() {}

  /**
   * Switches it on.
   *
   * @return why that is not possible
   */
  public static Optional<String> allow() {
    try {
      if (!Files.readString(SETTING).strip().equals("0")) return Optional.empty();
      Files.writeString(SETTING, "1\n");
      log.warn("set net.ipv4.ip_nonlocal_bind to 1: addresses move between nodes");
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "net.ipv4.ip_nonlocal_bind is 0 and cannot be set: this node cannot listen at addresses"
              + " that another node has");
    }
  }
}
