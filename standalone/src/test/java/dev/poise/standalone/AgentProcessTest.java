package dev.poise.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentProcessTest {
  @TempDir Path folder;

  @Test
  void anAgentFollowsItsServerToAnotherPortAndKeepsTheRest() throws IOException {
    AgentProcess.Settings settings =
        new AgentProcess.Settings(
            new ProjectPlaces(folder),
            folder.resolve("agent.conf"),
            folder.resolve("node.key"),
            folder.resolve("data"),
            folder.resolve("run"),
            new LogFile(folder.resolve("agent.log")),
            folder.resolve("agent.pid"));
    assertThat(settings.joined()).isFalse();
    Files.writeString(
        settings.file(), "server.url = https://127.0.0.1:9401\nnode.id = node_1\n# kept\n");
    assertThat(settings.joined()).isTrue();
    settings.moveServer(URI.create("https://127.0.0.1:19401"));
    Properties read = new Properties();
    read.load(new StringReader(Files.readString(settings.file())));
    assertThat(read)
        .containsEntry("server.url", "https://127.0.0.1:19401")
        .containsEntry("node.id", "node_1")
        .hasSize(2);
    assertThat(Files.readString(settings.file())).contains("# kept");
    assertThat(settings.nodeId()).isEqualTo("node_1");
  }
}
