package dev.poise.bench;

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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A database and the server, as {@code ./poise up} runs them, with a folder of their own. */
final class ControlPlane {
  private final Path folder;
  private final Postgres postgres;
  private final ServerProcess.Settings settings;
  private final ApiClient api;
  private ServerProcess server;

  private ControlPlane(ProjectPlaces project, int heapMegabytes, Scope scope) {
    folder = scope.open(ControlPlane::temporaryFolder, Folders::delete);
    Postgres.Places places =
        new Postgres.Places(
            project.poiseFolder(), path("postgres"), log("postgres"), path("postgres.pid"));
    postgres = scope.open(() -> Postgres.start(places), Postgres::stop);
    settings =
        new ServerProcess.Settings(
                project,
                postgres.database(),
                Ports.choose("127.0.0.1"),
                Ports.choose("127.0.0.1"),
                path("admin.key"),
                log("server"),
                path("server.pid"))
            .withHeap(heapMegabytes);
    startServer(scope);
    api = server.administrator();
  }

  /** Starts it; the scope ends it. */
  static ControlPlane start(ProjectPlaces project, Scope scope) {
    return start(project, ServerProcess.HEAP_MEGABYTES, scope);
  }

  /** The same with another size of the server's heap. */
  static ControlPlane start(ProjectPlaces project, int heapMegabytes, Scope scope) {
    return new ControlPlane(project, heapMegabytes, scope);
  }

  private static Path temporaryFolder() {
    try {
      // Names of Unix sockets are short, and the usual place for such folders may be deep.
      return Files.createTempDirectory(Path.of("/tmp"), "poise-bench-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path path(String name) {
    return folder.resolve(name);
  }

  /** A log in the folder. */
  LogFile log(String name) {
    return new LogFile(path(name + ".log"));
  }

  /** For files of others; it goes at the end. */
  Path folder() {
    return folder;
  }

  /** Ends the server as a power cut does. */
  void killServer() {
    server.child().kill9();
  }

  /** Starts the server again and waits until it answers. */
  void startServer(Scope scope) {
    server = scope.open(() -> ServerProcess.start(settings), ServerProcess::stop);
    server.awaitReady();
  }

  /** With the rights of the first administrator. */
  ApiClient api() {
    return api;
  }

  LinuxProcess server() {
    return new LinuxProcess(server.child().pid());
  }

  LinuxProcess postgres() {
    return new LinuxProcess(postgres.child().pid());
  }

  /** How large the database is on disk. */
  double databaseMegabytes() {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT pg_database_size(current_database())")) {
      rows.next();
      return rows.getLong(1) / 1e6;
    } catch (SQLException e) {
      throw new IllegalStateException("the database does not tell its size", e);
    }
  }

  /** What the server wrote last, for the case that something went wrong. */
  String lastWords() {
    return "The server's last words:\n" + log("server").tail(20);
  }
}
