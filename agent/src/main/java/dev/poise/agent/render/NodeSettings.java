package dev.poise.agent.render;

import dev.poise.spec.LoadBalancerId;
import java.nio.file.Path;

/**
 * What is the same for every load balancer of a node.
 *
 * @param dataDirectory holds the files of every load balancer
 * @param runDirectory holds the admin sockets
 * @param maxConnections at once, per process; the next ones wait until HAProxy takes them
 * @param hardStopSeconds how long a replaced process may finish its connections
 * @param edgeNamespace the name of the network namespace that the node itself is in, for processes
 *     that are in another one
 */
public record NodeSettings(
    Path dataDirectory,
    Path runDirectory,
    int threads,
    int maxConnections,
    int hardStopSeconds,
    Privileges privileges,
    String edgeNamespace) {

  /** What a process may do after it opened its listeners. */
  public sealed interface Privileges {
    /** It stays who the agent is. */
    record Kept() implements Privileges {}

    /** It becomes this user and sees an empty directory as its root. */
    record Dropped(String user, String group) implements Privileges {}
  }

  /**
   * The highest limit of a listener that can be kept: connections above a limit are refused, and a
   * full process would not even look at them.
   */
  int highestLimit() {
    return Math.max(1, maxConnections - Math.max(1, maxConnections / 100));
  }

  /** The admin socket of a load balancer's process. */
  public Path socketOf(LoadBalancerId id) {
    return runDirectory.resolve(id + ".sock");
  }

  /** The directory of all files of one load balancer. */
  public Path directoryOf(LoadBalancerId id) {
    return loadBalancersDirectory().resolve(id.text());
  }

  /** The directory that holds one directory for each load balancer. */
  public Path loadBalancersDirectory() {
    return dataDirectory.resolve("lb");
  }

  /** Where a starting process reads which members are healthy. */
  public Path serverStateFileOf(LoadBalancerId id) {
    return directoryOf(id).resolve("server-state");
  }

  /** The root directory of processes that dropped their privileges. */
  public Path emptyDirectory() {
    return dataDirectory.resolve("empty");
  }
}
