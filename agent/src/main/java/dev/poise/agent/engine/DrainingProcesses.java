package dev.poise.agent.engine;

import dev.poise.agent.render.ClientTable;
import dev.poise.spec.LoadBalancerSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The processes that were replaced and still finish what is open.
 *
 * <p>Each is asked over the connection that was opened while it was live. When it says that no
 * connection is left, its last counters are read and the connection is closed, which lets it end. A
 * process without such a connection, because the agent was restarted since, is only watched; what
 * it still serves is counted by its sockets.
 *
 * <p>Each reload may leave one behind, so they are limited: above the limit the oldest is ended.
 */
final class DrainingProcesses {
  private final List<Draining> processes = new ArrayList<>();
  private final int limit;

  DrainingProcesses(int limit) {
    this.limit = limit;
  }

  private record Draining(ProcessIdentity identity, @Nullable AdminConnection admin) {}

  /** Follows a process that was told to finish. */
  void add(ProcessIdentity identity, @Nullable AdminConnection admin)
      throws IOException, InterruptedException {
    processes.add(new Draining(identity, admin));
    if (processes.size() > limit) {
      ProcessTable.signal(processes.get(0).identity(), ProcessTable.Signal.KILL);
    }
  }

  /** Follows a process of which only the identity is known. */
  void follow(ProcessIdentity identity) {
    processes.add(new Draining(identity, null));
  }

  boolean follows(ProcessIdentity identity) {
    return processes.stream().anyMatch(process -> process.identity().equals(identity));
  }

  int count() {
    return processes.size();
  }

  List<ProcessIdentity> identities() {
    return processes.stream().map(Draining::identity).toList();
  }

  /** What they count; those that have ended are forgotten. */
  List<Reading.OfProcess> read() {
    List<Reading.OfProcess> readings = new ArrayList<>();
    for (Iterator<Draining> all = processes.iterator(); all.hasNext(); ) {
      Draining process = all.next();
      AdminConnection admin = process.admin();
      if (!ProcessTable.isAlive(process.identity())) {
        if (admin != null) admin.close();
        all.remove();
      } else if (admin != null && admin.isOpen()) {
        read(process.identity(), admin, readings);
      }
    }
    return readings;
  }

  private static void read(
      ProcessIdentity identity, AdminConnection admin, List<Reading.OfProcess> readings) {
    try {
      // Asked before the counters, so that nothing can be counted after they were read.
      long open = LiveProcess.infoNumber(admin.ask("show info"), "CurrConns");
      Statistics statistics = Statistics.parse(admin.ask(Statistics.QUESTION));
      readings.add(new Reading.OfProcess(identity, statistics));
      if (open == 0) admin.close();
    } catch (IOException e) {
      admin.close();
    }
  }

  /** Connections by {@code address:port} of the other side, of those that cannot be asked. */
  Map<String, Long> unaskedConnections() {
    Map<String, Long> connections = new HashMap<>();
    for (Draining process : processes) {
      if (process.admin() != null && process.admin().isOpen()) continue;
      try {
        ProcessSockets.byRemote(process.identity())
            .forEach((member, count) -> connections.merge(member, count, Long::sum));
      } catch (IOException ended) {
        // A process that ended between two looks has no connections.
      }
    }
    return connections;
  }

  /** Tells all of them to finish, for those that may not have been told yet. */
  void stopListening() throws IOException, InterruptedException {
    for (Draining process : processes) {
      ProcessTable.signal(process.identity(), ProcessTable.Signal.USR1);
    }
  }

  /** Shuts out of all of them whom the tables shut out. */
  void expel(LoadBalancerSpec spec, List<ClientTable> tables)
      throws IOException, InterruptedException {
    for (Draining process : processes) {
      AdminConnection admin = process.admin();
      boolean told = admin != null && admin.isOpen() && isTold(admin, tables);
      if (!told && Expulsion.serves(process.identity(), spec, tables)) {
        ProcessTable.signal(process.identity(), ProcessTable.Signal.KILL);
      }
    }
  }

  private static boolean isTold(AdminConnection admin, List<ClientTable> tables) {
    try {
      Expulsion.fromReplaced(admin, tables);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** How long to wait between two reloads while so many drain. */
  Duration spacing() {
    if (processes.size() <= 4) return Duration.ZERO;
    return processes.size() <= 8 ? Duration.ofSeconds(1) : Duration.ofSeconds(3);
  }

  /** Stops asking; the processes go on. */
  void release() {
    for (Draining process : processes) {
      if (process.admin() != null) process.admin().close();
    }
    processes.clear();
  }
}
