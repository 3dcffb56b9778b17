package dev.poise.standalone;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A node's agent as a process. The HAProxy processes it starts go on when it ends; {@link #stopAll}
 * ends them.
 */
public final class AgentProcess implements Running {
  /**
   * How it is run.
   *
   * @param file the agent's own settings are written there
   * @param runFolder for sockets: their names must stay short
   */
  public record Settings(
      ProjectPlaces project,
      URI serverUrl,
      String nodeId,
      Path nodeKeyFile,
      Path dataFolder,
      Path runFolder,
      Path file,
      LogFile log,
      Path pidFile) {

    /** The text of the agent's settings file. */
    String text() {
      Map<String, String> sorted =
          new TreeMap<>(
              Map.of(
                  "server.url", serverUrl.toString(),
                  "node.id", nodeId,
                  "node.key-file", nodeKeyFile.toString(),
                  "data.dir", dataFolder.toString(),
                  "run.dir", runFolder.toString()));
      StringBuilder text = new StringBuilder();
      sorted.forEach((name, value) -> text.append(line(name, value)));
      return text.toString();
    }

    private static String line(String name, String value) {
      Properties one = new Properties();
      one.setProperty(name, value);
      StringWriter written = new StringWriter();
      try {
        one.store(written, null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      // Properties.store puts the date first; without it, equal settings are equal text.
      return written.toString().lines().filter(line -> !line.startsWith("#")).toList().getFirst()
          + "\n";
    }
  }

  private final Settings settings;
  private final Child child;

  private AgentProcess(Settings settings, Child child) {
    this.settings = settings;
    this.child = child;
  }

  public static AgentProcess start(Settings settings) {
    PrivateFiles.write(settings.file(), settings.text());
    PrivateFiles.createFolder(settings.dataFolder());
    PrivateFiles.createFolder(settings.runFolder());
    ProcessBuilder builder =
        new ProcessBuilder(command(settings.project(), "run", settings.file()));
    return new AgentProcess(
        settings, Child.start("The agent", builder, settings.log(), settings.pidFile()));
  }

  /** Ends every HAProxy process of the node. */
  public static void stopAll(ProjectPlaces project, Path settingsFile) {
    Commands.Result result =
        Commands.run(new ProcessBuilder(command(project, "stop-all", settingsFile)));
    if (!result.succeeded()) {
      throw new IllegalStateException("the node's processes do not stop: " + result.output());
    }
  }

  private static List<String> command(ProjectPlaces project, String verb, Path settingsFile) {
    return List.of(
        ProjectPlaces.java(),
        "-XX:+UseSerialGC",
        "-Xmx64m",
        "-XX:TieredStopAtLevel=1",
        "-jar",
        project.agentJar().toString(),
        verb,
        settingsFile.toString());
  }

  public Settings settings() {
    return settings;
  }

  @Override
  public Child child() {
    return child;
  }

  /** Ends the agent alone. */
  @Override
  public void stop() {
    child.stop("TERM", Duration.ofSeconds(10));
  }
}
