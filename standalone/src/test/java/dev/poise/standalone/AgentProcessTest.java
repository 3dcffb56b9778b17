package dev.poise.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class AgentProcessTest {
  private static final AgentProcess.Settings SETTINGS =
      new AgentProcess.Settings(
          new ProjectPlaces(Path.of("/p")),
          URI.create("http://127.0.0.1:9400"),
          "node_1",
          Path.of("/p/a key:with = signs"),
          Path.of("/p/data"),
          Path.of("/p/run"),
          Path.of("/p/agent.properties"),
          new LogFile(Path.of("/p/agent.log")),
          Path.of("/p/agent.pid"));

  @Test
  void writesWhatJavaReadsAsProperties() throws IOException {
    Properties read = new Properties();
    read.load(new StringReader(SETTINGS.text()));
    assertThat(read)
        .containsEntry("server.url", "http://127.0.0.1:9400")
        .containsEntry("node.id", "node_1")
        .containsEntry("node.key-file", "/p/a key:with = signs")
        .containsEntry("data.dir", "/p/data")
        .containsEntry("run.dir", "/p/run")
        .hasSize(5);
  }
}
