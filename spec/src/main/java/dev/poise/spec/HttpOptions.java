package dev.poise.spec;

import java.util.List;

/**
 * What HTTP and HTTPS listeners have in common.
 *
 * @param idleTimeoutSeconds closes a connection on which the client sent nothing for so long, a
 *     WebSocket one on which nobody did
 * @param responseTimeoutSeconds how long a member may take to answer before the client gets a 504
 * @param rules where requests go that do not go to the default pool. At most one of them matches a
 *     request best: an exact domain before the longest wildcard before none, then the longest path;
 *     no two have the same domain and path
 */
public record HttpOptions(
    int idleTimeoutSeconds,
    int responseTimeoutSeconds,
    RequestHeaders requestHeaders,
    List<RuleSpec> rules) {
  public HttpOptions {
    rules = List.copyOf(rules);
  }
}
