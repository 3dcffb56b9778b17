package dev.poise.agent.engine;

import dev.poise.agent.render.Rendered;
import dev.poise.agent.render.ServerLine;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Brings the weights and modes of a running process to those of a configuration that is otherwise
 * the same: one command for each server that differs, in every backend it is in, then read back.
 */
final class InPlaceChange {
  private InPlaceChange() {}

  /** Whether no server has to be enabled: that needs a check at once, so a new process. */
  static boolean enablesNothing(Statistics running, Rendered desired) {
    Map<String, Statistics.Server> rows = rows(running);
    for (ServerLine server : desired.servers()) {
      Statistics.Server row = rows.get(server.fullName());
      if (row == null || (row.disabled() && !server.disabled())) return false;
    }
    return true;
  }

  /**
   * Makes the change.
   *
   * @throws IOException if the process refuses, or does not say afterwards that it is so
   */
  static void make(LiveProcess process, Rendered desired) throws IOException {
    Map<String, Statistics.Server> before = rows(process.statistics());
    for (ServerLine server : desired.servers()) {
      Statistics.Server row = rowOf(server, before);
      if (row.weight() != server.weight()) {
        process.admin().order("set server " + server.fullName() + " weight " + server.weight());
      }
      if (server.disabled() && !row.disabled()) {
        process.admin().order("set server " + server.fullName() + " state maint");
      }
    }
    Map<String, Statistics.Server> after = rows(process.statistics());
    for (ServerLine server : desired.servers()) {
      Statistics.Server row = rowOf(server, after);
      if (row.weight() != server.weight() || row.disabled() != server.disabled()) {
        throw new IOException(
            "server %s has weight %d and status %s after the change"
                .formatted(server.fullName(), row.weight(), row.status()));
      }
    }
  }

  private static Statistics.Server rowOf(ServerLine server, Map<String, Statistics.Server> rows)
      throws IOException {
    Statistics.Server row = rows.get(server.fullName());
    if (row == null) throw new IOException("the process has no server " + server.fullName());
    return row;
  }

  private static Map<String, Statistics.Server> rows(Statistics statistics) {
    return statistics.servers().stream()
        .collect(Collectors.toMap(Statistics.Server::fullName, Function.identity()));
  }
}
