package dev.poise.agent.engine;

import dev.poise.agent.render.CertificateFile;
import dev.poise.agent.render.Rendered;
import dev.poise.agent.render.RuleMap;
import dev.poise.agent.render.ServerLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Brings a running process to a configuration of the same shape: tables of rules and of clients and
 * certificates that differ are replaced, weights and modes changed by one command for each server
 * that differs, in every backend it is in, then read back.
 */
final class InPlaceChange {
  private static final int HIGHEST_WEIGHT = 256;

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

  /** Whether nothing but weights and modes differ, every weight one that HAProxy takes. */
  static boolean changesOnlyNumbers(Rendered running, Rendered desired) {
    return running.files().equals(desired.files())
        && running.maps().equals(desired.maps())
        && running.certificates().equals(desired.certificates())
        && desired.servers().stream()
            .allMatch(server -> server.weight() >= 0 && server.weight() <= HIGHEST_WEIGHT);
  }

  /**
   * Makes the change.
   *
   * @param running what the process was brought to before
   * @param staged the directory of the desired generation's files
   * @throws IOException if the process refuses, or does not say afterwards that it is so
   */
  static void make(LiveProcess process, Rendered running, Rendered desired, Path staged)
      throws IOException {
    for (Map.Entry<String, RuleMap> map : desired.maps().entrySet()) {
      if (!map.getValue().equals(running.maps().get(map.getKey()))) {
        MapChange.make(process.admin(), map.getKey(), map.getValue());
      }
    }
    for (CertificateFile file : desired.certificates()) {
      if (!running.certificates().contains(file)) {
        CertificateChange.make(
            process.admin(), file, Files.readString(staged.resolve(file.name())));
      }
    }
    servers(process, desired);
  }

  private static void servers(LiveProcess process, Rendered desired) throws IOException {
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
