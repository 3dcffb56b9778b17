package dev.poise.agent.render;

import java.util.List;

/**
 * Everything HAProxy reads for one load balancer.
 *
 * @param config the configuration file
 * @param checkHosts a map file beside it, from a member's id to its address and port: what a health
 *     check sends as Host when no domain is given
 * @param servers the server lines in the configuration
 */
public record Rendered(String config, String checkHosts, List<ServerLine> servers) {
  /** The name of the configuration file. */
  public static final String CONFIG_FILE = "haproxy.cfg";

  /** The name of the map file; the configuration refers to it relative to itself. */
  public static final String CHECK_HOSTS_FILE = "check-hosts.map";

  public Rendered {
    servers = List.copyOf(servers);
  }
}
