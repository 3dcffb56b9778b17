package dev.poise.agent.engine;

import dev.poise.agent.render.ServerLine;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The servers of a process that wait for their first check.
 *
 * <p>A new member gets no traffic before a check passed: it starts as down. It would stay down for
 * {@code rise} checks, which may be minutes; so at the first one that passes the agent declares it
 * healthy. One whose first check fails has its verdict, and comes up by the rules. If the agent is
 * away, {@code rise} passed checks do what it would have done.
 */
final class FirstChecks {
  private final Set<String> awaited = new HashSet<>();

  /** A process was started. */
  void expect(Collection<ServerLine> servers, KnownHealth known) {
    awaited.clear();
    for (ServerLine server : servers) {
      boolean checked = !server.disabled() && !server.follows();
      if (checked && known.isUnknown(server)) awaited.add(server.fullName());
    }
  }

  /** A process was found that an earlier run of the agent had started. */
  void adopt(Statistics statistics) {
    awaited.clear();
    for (Statistics.Server server : statistics.servers()) {
      boolean waits = server.unchecked() && !server.up() && !server.disabled();
      if (waits && !server.follows()) awaited.add(server.fullName());
    }
  }

  /** There is no process. */
  void forget() {
    awaited.clear();
  }

  /** Full names of the servers. */
  Set<String> awaited() {
    return Set.copyOf(awaited);
  }

  /** Declares those healthy whose first check passed; says whether there were any. */
  boolean promote(LiveProcess process, Statistics statistics) throws IOException {
    boolean promoted = false;
    for (Statistics.Server server : statistics.servers()) {
      if (!awaited.contains(server.fullName())) continue;
      if (server.unchecked() && !server.disabled()) continue;
      if (server.passed() && !server.up()) {
        process.admin().order("set server " + server.fullName() + " health up");
        promoted = true;
      }
      awaited.remove(server.fullName());
    }
    return promoted;
  }
}
