package dev.poise.agent.engine;

import dev.poise.agent.render.ClientTable;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerSpec;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ends what clients have open who are not let in any more.
 *
 * <p>A table of clients that changed decides about new connections and, of HTTP, about the next
 * request of an open one. What is left are TCP connections, WebSockets and requests under way: the
 * sessions of a process are listed once, and those of clients that are shut out are ended one by
 * one. Everybody else's go on. Between the list and the order a session may have ended and its
 * address in memory may be another one's, so each is looked at again just before.
 *
 * <p>Replaced processes still serve what they have, by the tables they were started with. Those
 * that can be asked are given the new tables too. One that cannot, because the agent was restarted
 * since, is judged by its sockets: if a client is connected to it that is shut out, all of it ends,
 * since letting such a client go on is worse than cutting others short.
 *
 * <p>A process that was started when everybody was let in has no tables. Its sessions are ended
 * like all others, but an idle HTTP connection in it gets one more answer, which closes it. Load
 * balancers that can be filtered are told ranges from the beginning, so they have none of these.
 */
final class Expulsion {
  private static final Pattern SESSION =
      Pattern.compile("(0x[0-9a-f]+): proto=tcpv4 src=([0-9.]+):(\\d+) fe=(\\S+) .*");

  private @Nullable List<ClientTable> done;

  /** Does what is due since the tables were others; after a start of the agent they may have. */
  void of(LoadBalancerSpec spec, @Nullable LiveProcess live, DrainingProcesses draining)
      throws IOException, InterruptedException {
    List<ClientTable> tables = ClientTable.of(spec);
    if (tables.equals(done)) return;
    if (!tables.isEmpty()) {
      if (live != null) endSessions(live.admin(), lookups(tables));
      draining.expel(spec, tables);
    }
    done = tables;
  }

  /** Makes a replaced process shut out whom the tables shut out. */
  static void fromReplaced(AdminConnection admin, List<ClientTable> tables) throws IOException {
    String known = admin.ask("show map");
    for (ClientTable table : tables) {
      if (known.contains("(" + table.file() + ")")) {
        MapChange.make(admin, table.file(), table.map());
      }
    }
    endSessions(admin, lookups(tables));
  }

  /** Whether a client has a connection to the process that the tables shut out. */
  static boolean serves(ProcessIdentity process, LoadBalancerSpec spec, List<ClientTable> tables) {
    Map<String, ClientTable.Lookup> lookups = lookups(tables);
    Map<String, ClientTable.Lookup> byPlace = new HashMap<>();
    for (ListenerSpec listener : spec.listeners()) {
      ClientTable.Lookup lookup = lookups.get(listener.id().text());
      if (lookup == null) continue;
      for (IpAddress vip : spec.vips()) byPlace.put(vip + ":" + listener.port(), lookup);
    }
    try {
      return ProcessSockets.of(process).stream()
          .anyMatch(socket -> {
            ClientTable.Lookup lookup = byPlace.get(socket.local());
            return lookup != null && !lookup.admits(socket.remoteAddress());
          });
    } catch (IOException ended) {
      return false;
    }
  }

  private static void endSessions(AdminConnection admin, Map<String, ClientTable.Lookup> lookups)
      throws IOException {
    for (String line : admin.ask("show sess").lines().toList()) {
      Matcher session = SESSION.matcher(line);
      if (!session.matches()) continue;
      ClientTable.Lookup lookup = lookups.get(session.group(4));
      if (lookup == null || lookup.admits(new IpAddress(session.group(2)))) continue;
      String client = "source=" + session.group(2) + ":" + session.group(3);
      boolean still =
          admin.ask("show sess " + session.group(1)).lines().anyMatch(it -> it.endsWith(client));
      // What it answers does not matter: a session that is gone is what was wanted.
      if (still) admin.ask("shutdown session " + session.group(1));
    }
  }

  private static Map<String, ClientTable.Lookup> lookups(List<ClientTable> tables) {
    Map<String, ClientTable.Lookup> lookups = new HashMap<>();
    for (ClientTable table : tables) lookups.put(table.listener().text(), table.lookup());
    return lookups;
  }
}
