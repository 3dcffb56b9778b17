package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Processes.Running;
import dev.poise.agent.render.NodeSettings;
import java.nio.file.Path;
import java.util.List;

/** The node's own daemons among all processes: those that work with a file in its directories. */
record Daemons(Processes processes, NodeSettings settings) {
  boolean areOurs(Running process) {
    return process.words().stream().anyMatch(word -> isBelow(word, settings));
  }

  private static boolean isBelow(String word, NodeSettings settings) {
    return word.startsWith("/")
        && (Path.of(word).startsWith(settings.dataDirectory())
            || Path.of(word).startsWith(settings.runDirectory()));
  }

  /** Those of a program that are ours, without the children they have themselves. */
  List<Running> ours(String name) {
    return roots(name).stream().filter(this::areOurs).toList();
  }

  /** Those of a program that are not. */
  List<Running> others(String name) {
    return roots(name).stream().filter(process -> !areOurs(process)).toList();
  }

  private List<Running> roots(String name) {
    List<Running> named = processes.named(name);
    List<Long> pids = named.stream().map(Running::pid).toList();
    return named.stream().filter(process -> !pids.contains(process.parent())).toList();
  }
}
