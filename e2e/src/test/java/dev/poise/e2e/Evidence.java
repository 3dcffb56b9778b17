package dev.poise.e2e;

import dev.poise.standalone.ApiClient;
import dev.poise.standalone.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What helps to understand why a test failed. Whatever cannot be had is said, not thrown. */
record Evidence(ApiClient api, Path folder, List<LogFile> logs) {
  private static final int LINES = 60;

  String text() {
    StringBuilder text = new StringBuilder();
    configurations(text);
    for (String collection : List.of("/clusters", "/load-balancers")) answers(text, collection);
    for (LogFile log : logs) section(text, log.path().toString(), log.tail(LINES));
    return text.toString();
  }

  private void configurations(StringBuilder text) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> configurations =
          files.filter(file -> file.toString().endsWith(".cfg")).sorted().toList();
      for (Path file : configurations) section(text, file.toString(), Files.readString(file));
    } catch (IOException e) {
      section(text, "configurations", e.toString());
    }
  }

  private void answers(StringBuilder text, String collection) {
    try {
      for (JsonNode item : api.list(collection)) {
        String path = collection + "/" + item.path("id").asString();
        boolean balancer = collection.equals("/load-balancers");
        section(text, path, api.get(balancer ? path + "/status-tree" : path).toPrettyString());
      }
    } catch (RuntimeException e) {
      section(text, collection, e.toString());
    }
  }

  private static void section(StringBuilder text, String title, String content) {
    text.append("\n----- ").append(title).append(" -----\n").append(content).append('\n');
  }
}
