package dev.poise.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A PostgreSQL server of our own, with its data in one folder.
 *
 * <p>It is as careful as a real one: what was committed is on disk, pages have checksums, it
 * listens on loopback only and wants a password from everybody. It is small: tens of megabytes.
 *
 * <p><b>Being killed.</b> Launcher and PostgreSQL may be killed at any moment, together or apart.
 * The folder therefore holds all that a later start needs: the data (made beside its place and
 * moved there when it is complete), the passwords, the port. A start looks for what the last run
 * left behind, stops it and goes on. What counts as left behind is a process that runs PostgreSQL
 * <em>and</em> has our data as its working folder, as all processes of a server do; the pid in
 * {@code postmaster.pid} alone would sooner or later name a stranger. Only when no such process is
 * left may a stale {@code postmaster.pid} be deleted: it is what keeps two servers from writing to
 * the same data, even when a parent died and its children did not.
 */
public final class Postgres implements Running {
  private static final String ADDRESS = "127.0.0.1";
  private static final String SUPERUSER = "postgres";
  private static final String NAME = "poise";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("listen_addresses", ADDRESS),
          Map.entry("unix_socket_directories", ""),
          Map.entry("password_encryption", "scram-sha-256"),
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("full_page_writes", "on"),
          Map.entry("max_connections", "60"),
          Map.entry("shared_buffers", "128MB"),
          Map.entry("jit", "off"),
          Map.entry("timezone", "UTC"),
          Map.entry("log_timezone", "UTC"),
          Map.entry("logging_collector", "off"));

  /**
   * Where its things are.
   *
   * @param programs the folder the program is unpacked to, shared by all
   * @param folder data, passwords and port of this one
   */
  public record Places(Path programs, Path folder, LogFile log, Path pidFile) {
    private Path data() {
      return folder.resolve("data").toAbsolutePath();
    }

    private Path portFile() {
      return folder.resolve("port");
    }

    private Path postmasterPid() {
      return data().resolve("postmaster.pid");
    }

    private String password(String user) {
      Path file = folder.resolve(user + ".password");
      try {
        if (Files.notExists(file)) PrivateFiles.write(file, randomPassword());
        return Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String randomPassword() {
      byte[] random = new byte[24];
      new SecureRandom().nextBytes(random);
      return HexFormat.of().formatHex(random);
    }
  }

  private final Child child;
  private final Database database;
  private final String version;

  private Postgres(Child child, Database database, String version) {
    this.child = child;
    this.database = database;
    this.version = version;
  }

  /** Starts it, making or repairing what is needed, and returns when it takes connections. */
  public static Postgres start(Places places) {
    PostgresProgram program = PostgresProgram.unpackBelow(places.programs());
    RunAs runAs = RunAs.choose(places.data());
    stopLeftOver(places);
    PrivateFiles.createFolder(places.folder());
    if (Files.notExists(places.data())) initialise(places, program, runAs);
    runAs.own(places.folder());

    Deadline deadline = Deadline.in(PATIENCE);
    int port = rememberedPort(places).orElseGet(() -> Ports.choose(ADDRESS));
    while (true) {
      Child child = launch(places, program, runAs, port);
      boolean decided = deadline.await(() -> isReady(places, child) || !child.isAlive());
      if (child.isAlive() && decided) {
        rememberPort(places, port);
        return new Postgres(child, makeDatabase(places, port), program.version());
      }
      child.stop("QUIT", Duration.ofSeconds(5));
      String log = places.log().tail(20);
      if (deadline.isOver() || !isPassing(log)) {
        throw new CannotStart("PostgreSQL does not start. Its last words:\n" + log);
      }
      if (!Ports.isFree(ADDRESS, port)) port = Ports.choose(ADDRESS);
    }
  }

  /** The database for the server, owned by a role that is no superuser. */
  public Database database() {
    return database;
  }

  /** The whole server, as its superuser. */
  public static Database asSuperuser(Places places, int port) {
    return new Database(ADDRESS, port, SUPERUSER, SUPERUSER, places.password(SUPERUSER));
  }

  public int port() {
    return database.port();
  }

  String version() {
    return version;
  }

  @Override
  public Child child() {
    return child;
  }

  /** Ends open sessions and shuts down cleanly. */
  @Override
  public void stop() {
    child.stop("INT", Duration.ofSeconds(10));
  }

  /** Stops the server that an earlier run left behind, if there is one. Tells whether there was. */
  static boolean stopLeftOver(Places places) {
    List<ProcessIdentity> leftOver = processes(places);
    if (!leftOver.isEmpty()) {
      Optional<ProcessIdentity> parent =
          leftOver.stream().filter(process -> process.pid() == postmaster(places)).findFirst();
      parent.ifPresent(postmaster -> postmaster.stop("INT", Duration.ofSeconds(10)));
      // Children that lost their parent notice it and end; QUIT only shortens that.
      for (ProcessIdentity process : processes(places)) {
        process.stop("QUIT", Duration.ofSeconds(5));
      }
    }
    deleteFile(places.postmasterPid());
    deleteFile(places.pidFile());
    return !leftOver.isEmpty();
  }

  private static void deleteFile(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The PostgreSQL processes that work on this data. */
  private static List<ProcessIdentity> processes(Places places) {
    if (Files.notExists(places.data())) return List.of();
    return ProcessHandle.allProcesses()
        .filter(process -> link(process.pid(), "cwd").equals(Optional.of(places.data())))
        .filter(process -> runsPostgres(process.pid()))
        .flatMap(process -> ProcessIdentity.of(process.pid()).stream())
        .filter(ProcessIdentity::isAlive)
        .toList();
  }

  private static boolean runsPostgres(long pid) {
    // The file may have been deleted since; Linux then writes " (deleted)" behind its name.
    return link(pid, "exe").filter(exe -> exe.toString().contains("/bin/postgres")).isPresent();
  }

  private static Optional<Path> link(long pid, String name) {
    try {
      return Optional.of(Files.readSymbolicLink(Path.of("/proc/" + pid + "/" + name)));
    } catch (IOException notOurs) {
      return Optional.empty();
    }
  }

  private static void initialise(Places places, PostgresProgram program, RunAs runAs) {
    Path unfinished = places.folder().resolve("data.unfinished").toAbsolutePath();
    Folders.delete(unfinished);
    places.password(SUPERUSER);
    runAs.own(places.folder());
    ProcessBuilder initdb =
        new ProcessBuilder(
            runAs.command(
                List.of(
                    program.initdb().toString(),
                    "--pgdata=" + unfinished,
                    "--username=" + SUPERUSER,
                    "--pwfile=" + places.folder().resolve(SUPERUSER + ".password").toAbsolutePath(),
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--data-checksums")));
    inEnglish(initdb);
    Commands.Result result = Commands.run(initdb);
    if (!result.succeeded()) {
      throw new CannotStart("PostgreSQL's initdb failed:\n" + result.output());
    }
    try {
      Files.move(unfinished, places.data(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Child launch(Places places, PostgresProgram program, RunAs runAs, int port) {
    List<String> command = new ArrayList<>();
    command.add(program.postgres().toString());
    command.addAll(List.of("-D", places.data().toString(), "-p", Integer.toString(port)));
    SETTINGS.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    ProcessBuilder builder = new ProcessBuilder(runAs.command(command));
    inEnglish(builder);
    return Child.start("PostgreSQL", builder, places.log(), places.pidFile());
  }

  private static void inEnglish(ProcessBuilder builder) {
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
  }

  /** The first line of postmaster.pid is the pid, the eighth the state. */
  private static boolean isReady(Places places, Child child) {
    List<String> lines = postmasterLines(places);
    return lines.size() >= 8
        && lines.get(0).strip().equals(Long.toString(child.pid()))
        && lines.get(7).strip().equals("ready");
  }

  private static long postmaster(Places places) {
    List<String> lines = postmasterLines(places);
    if (lines.isEmpty() || !lines.get(0).strip().matches("\\d{1,9}")) return -1;
    return Long.parseLong(lines.get(0).strip());
  }

  private static List<String> postmasterLines(Places places) {
    try {
      return Files.readAllLines(places.postmasterPid());
    } catch (IOException absent) {
      return List.of();
    }
  }

  /** Whether what it complained about may be over in a moment. */
  private static boolean isPassing(String log) {
    return log.contains("could not bind") // somebody took the port
        || log.contains("shared memory block is still in use") // children of a killed parent
        || log.contains("postmaster.pid\" already exists");
  }

  private static Optional<Integer> rememberedPort(Places places) {
    try {
      int port = Integer.parseInt(Files.readString(places.portFile()).strip());
      return Ports.isFree(ADDRESS, port) ? Optional.of(port) : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static void rememberPort(Places places, int port) {
    PrivateFiles.write(places.portFile(), port + "\n");
  }

  private static Database makeDatabase(Places places, int port) {
    String password = places.password(NAME);
    try (Connection connection = asSuperuser(places, port).connect();
        Statement statement = connection.createStatement()) {
      if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?")) {
        statement.execute("CREATE ROLE " + NAME + " LOGIN");
      }
      // The password is hexadecimal digits, see randomPassword.
      statement.execute("ALTER ROLE " + NAME + " PASSWORD '" + password + "'");
      if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?")) {
        statement.execute("CREATE DATABASE " + NAME + " OWNER " + NAME);
      }
    } catch (SQLException e) {
      throw new CannotStart("PostgreSQL started but is of no use: " + e.getMessage(), e);
    }
    return new Database(ADDRESS, port, NAME, NAME, password);
  }

  private static boolean exists(Connection connection, String query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, NAME);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }
}
