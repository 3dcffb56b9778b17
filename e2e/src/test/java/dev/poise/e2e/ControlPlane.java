package dev.poise.e2e;

import dev.poise.standalone.AgentProcess;
import dev.poise.standalone.ApiClient;
import dev.poise.standalone.Folders;
import dev.poise.standalone.LogFile;
import dev.poise.standalone.Ports;
import dev.poise.standalone.Postgres;
import dev.poise.standalone.ProjectPlaces;
import dev.poise.standalone.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/**
 * A database and the server, which can be killed and come back where they were, and the folder with
 * all files of a test.
 */
final class ControlPlane implements AutoCloseable {
  private final ProjectPlaces project =
      new ProjectPlaces(Path.of(System.getProperty("poise.root", "..")));
  private final Path folder;
  private final Postgres.Places postgresPlaces;
  private final ServerProcess.Settings settings;
  private final ApiClient api;
  private Postgres postgres;
  private ServerProcess server;

  private ControlPlane(String name, String agentAddress) throws IOException {
    // Names of Unix sockets are short, and the project's own folder may be deep.
    folder = Files.createTempDirectory(Path.of("/tmp"), name);
    postgresPlaces =
        new Postgres.Places(
            project.poiseFolder(), path("postgres"), log("postgres"), path("postgres.pid"));
    postgres = Postgres.start(postgresPlaces);
    settings =
        new ServerProcess.Settings(
            project,
            postgres.database(),
            Ports.choose("127.0.0.1"),
            agentAddress,
            Ports.choose(agentAddress),
            path("admin.key"),
            log("server"),
            path("server.pid"),
            ServerProcess.HEAP_MEGABYTES);
    server = ServerProcess.start(settings);
    server.awaitReady();
    api = server.administrator();
  }

  /**
   * Starts one.
   *
   * @param name what the name of its folder begins with
   * @param agentAddress where nodes find it
   */
  static ControlPlane start(String name, String agentAddress) {
    try {
      return new ControlPlane(name, agentAddress);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In the folder. */
  Path path(String name) {
    return folder.resolve(name);
  }

  LogFile log(String name) {
    return new LogFile(path(name + ".log"));
  }

  ApiClient api() {
    return api;
  }

  /** A client without a key. */
  ApiClient stranger() {
    return ApiClient.withoutKey(settings.url());
  }

  /**
   * Where a node has its things.
   *
   * @param around what stands before its commands
   * @param log the name of its log
   */
  AgentProcess.Settings node(List<String> around, String name, String log) {
    return new AgentProcess.Settings(
        around,
        project,
        path(name + ".conf"),
        path(name + ".key"),
        path(name),
        path("run-" + name),
        log(log),
        path(name + ".pid"));
  }

  /** The database, to do what the API would not. */
  Connection sql() throws SQLException {
    return postgres.database().connect();
  }

  void killServer() {
    server.child().kill9();
  }

  void killDatabase() {
    postgres.child().kill9();
  }

  /** What was killed comes back, where it was. */
  void restart() {
    if (!postgres.child().isAlive()) postgres = Postgres.start(postgresPlaces);
    if (!server.child().isAlive()) server = ServerProcess.start(settings);
    server.awaitReady();
  }

  /** Configurations, states and these logs. */
  String evidence(String... logs) {
    return new Evidence(api, folder, Arrays.stream(logs).map(this::log).toList()).text();
  }

  @Override
  public void close() {
    server.stop();
    postgres.stop();
    Folders.delete(folder);
  }
}
