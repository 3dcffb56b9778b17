package dev.poise.agent.render;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything HAProxy reads for one load balancer. All files are named relative to the configuration
 * file, so a process knows a map or a certificate by the same name in every generation.
 *
 * @param config the configuration file
 * @param files other files by name, whose contents a process reads only when it starts
 * @param maps the tables of content rules and of clients by name, which a running process can be
 *     given anew
 * @param certificates files whose contents are certificate material
 * @param servers the server lines in the configuration
 */
public record Rendered(
    String config,
    SortedMap<String, String> files,
    SortedMap<String, RuleMap> maps,
    List<CertificateFile> certificates,
    List<ServerLine> servers) {
  /** The name of the configuration file. */
  public static final String CONFIG_FILE = "haproxy.cfg";

  /**
   * The name of the map file from a member's id to its address and port: what a health check sends
   * as Host when no domain is given.
   */
  public static final String CHECK_HOSTS_FILE = "check-hosts.map";

  public Rendered {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    maps = Collections.unmodifiableSortedMap(new TreeMap<>(maps));
    certificates = List.copyOf(certificates);
    servers = List.copyOf(servers);
  }
}
