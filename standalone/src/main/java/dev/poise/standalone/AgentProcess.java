package dev.poise.standalone;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A node's agent as a process. The HAProxy processes it starts go on when it ends; {@link #stopAll}
 * ends them.
 */
public final class AgentProcess implements Running {
  private static final String SERVER_URL = "server.url";

  /**
   * Where a node has its things.
   *
   * @param around what stands before its commands, such as one that goes to another namespace
   * @param file the agent's configuration, which {@link #join} writes
   * @param runFolder for sockets: their names must stay short
   */
  public record Settings(
      List<String> around,
      ProjectPlaces project,
      Path file,
      Path keyFile,
      Path dataFolder,
      Path runFolder,
      LogFile log,
      Path pidFile) {

    /** A node right here. */
    public Settings(
        ProjectPlaces project,
        Path file,
        Path keyFile,
        Path dataFolder,
        Path runFolder,
        LogFile log,
        Path pidFile) {
      this(List.of(), project, file, keyFile, dataFolder, runFolder, log, pidFile);
    }

    /** Whether the machine became this node. */
    boolean joined() {
      return Files.exists(file);
    }

    /** The id of the node it became. */
    public String nodeId() {
      Properties properties = new Properties();
      try (Reader text = Files.newBufferedReader(file)) {
        properties.load(text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return properties.getProperty("node.id");
    }

    /** Sends the agent to another port of the same server. */
    void moveServer(URI url) {
      try (var lines = Files.lines(file)) {
        String moved = SERVER_URL + " = " + url;
        Files.writeString(
            file,
            lines
                .map(line -> line.startsWith(SERVER_URL) ? moved : line)
                .collect(Collectors.joining("\n", "", "\n")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Settings settings;
  private final Child child;

  private AgentProcess(Settings settings, Child child) {
    this.settings = settings;
    this.child = child;
  }

  /** Makes this machine a node, as an operator does. */
  public static void join(Settings settings, Site.JoinToken token, String name) {
    join(settings, token, name, List.of());
  }

  /** The same, where other nodes would reach it at this address. */
  public static void join(Settings settings, Site.JoinToken token, String name, String address) {
    join(settings, token, name, List.of("--address", address));
  }

  private static void join(
      Settings settings, Site.JoinToken token, String name, List<String> more) {
    List<String> command = command(settings, "join");
    command.addAll(more);
    command.addAll(
        List.of(
            "--server",
            token.serverUrl(),
            "--pin",
            token.pin(),
            "--token",
            token.token(),
            "--name",
            name,
            "--key-file",
            settings.keyFile().toString(),
            "--data-dir",
            settings.dataFolder().toString(),
            "--run-dir",
            settings.runFolder().toString(),
            // What may be there is of another database, or of one that forgot this node.
            "--again"));
    Commands.Result result = Commands.run(command);
    if (!result.succeeded())
      throw new CannotStart("The node cannot join its cluster. " + result.output());
  }

  public static AgentProcess start(Settings settings) {
    PrivateFiles.createFolder(settings.dataFolder());
    PrivateFiles.createFolder(settings.runFolder());
    ProcessBuilder builder = new ProcessBuilder(command(settings, "run"));
    return new AgentProcess(
        settings, Child.start("The agent", builder, settings.log(), settings.pidFile()));
  }

  /** Ends every HAProxy process of the node. */
  public static void stopAll(ProjectPlaces project, Path settingsFile) {
    stopAll(command(List.of(), project, "stop-all", settingsFile));
  }

  /** Ends every HAProxy process of the node. */
  public static void stopAll(Settings settings) {
    stopAll(command(settings, "stop-all"));
  }

  private static void stopAll(List<String> command) {
    Commands.Result result = Commands.run(new ProcessBuilder(command));
    if (!result.succeeded()) {
      throw new IllegalStateException("the node's processes do not stop: " + result.output());
    }
  }

  private static List<String> command(Settings settings, String verb) {
    return command(settings.around(), settings.project(), verb, settings.file());
  }

  private static List<String> command(
      List<String> around, ProjectPlaces project, String verb, Path settingsFile) {
    List<String> command = new ArrayList<>(around);
    command.addAll(
        List.of(
            ProjectPlaces.java(),
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            project.agentJar().toString(),
            verb,
            settingsFile.toString()));
    return command;
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
