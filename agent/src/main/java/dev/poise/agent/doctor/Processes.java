package dev.poise.agent.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The processes in the machine's own network, as the kernel lists them. Those of containers are
 * left out: they cannot take what is ours.
 */
record Processes(List<Running> all) {
  private static final int PARENT = 1;

  Processes {
    all = List.copyOf(all);
  }

  /**
   * One process.
   *
   * @param name of its program
   * @param words its command line
   */
  record Running(long pid, long parent, String name, List<String> words) {
    Running {
      words = List.copyOf(words);
    }

    @Override
    public String toString() {
      return "'" + String.join(" ", words) + "' (process " + pid + ")";
    }
  }

  static Processes read(Path proc) throws IOException {
    String ourNetwork = network(proc.resolve("self"));
    List<Running> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path entry : entries) {
        if (network(entry).equals(ourNetwork)) running(entry).ifPresent(found::add);
      }
    }
    return new Processes(found);
  }

  private static String network(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("ns/net")).toString();
    } catch (IOException endedOrNotOurs) {
      return "";
    }
  }

  private static Optional<Running> running(Path process) {
    try {
      String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      if (line.isEmpty()) return Optional.empty();
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      // The name in brackets may hold anything, so counting starts behind it.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Optional.of(
          new Running(
              Long.parseLong(process.getFileName().toString()),
              Long.parseLong(fields[PARENT]),
              stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
              Arrays.asList(line.split("\0"))));
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  /** The agent that runs with this file. */
  Optional<Running> agentOf(Path config) {
    return all.stream()
        .filter(process -> {
          List<String> words = process.words();
          int run = words.indexOf("run");
          return run > 0
              && words.get(run - 1).endsWith("poise-agent.jar")
              && words.subList(run + 1, words.size()).equals(List.of(config.toString()));
        })
        .findFirst();
  }

  /** Those of a program. */
  List<Running> named(String name) {
    return all.stream().filter(process -> process.name().equals(name)).toList();
  }
}
