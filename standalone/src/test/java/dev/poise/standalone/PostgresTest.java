package dev.poise.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real PostgreSQL, stopped, killed and started again on the same data. */
class PostgresTest {
  private static final Path PROGRAMS = Path.of("target/programs");

  @TempDir Path folder;
  private Postgres.Places places;
  private Postgres postgres;

  @BeforeEach
  void start() {
    places = placesIn(folder);
    postgres = Postgres.start(places);
  }

  @AfterEach
  void stop() {
    postgres.stop();
  }

  private static Postgres.Places placesIn(Path folder) {
    return new Postgres.Places(
        PROGRAMS,
        folder.resolve("postgres"),
        new LogFile(folder.resolve("postgres.log")),
        folder.resolve("postgres.pid"));
  }

  @Test
  void keepsEverythingCommittedWhenAllItsProcessesAreKilled() throws SQLException {
    execute(postgres, "CREATE TABLE kept (n int PRIMARY KEY)");
    int committed = 0;
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      for (; committed < 500; committed++) {
        statement.execute("INSERT INTO kept VALUES (" + committed + ")");
      }
      killAll();
    }
    postgres = Postgres.start(places);
    assertThat(number(postgres, "SELECT count(*) FROM kept")).isEqualTo(committed);
    assertThat(places.log().text()).contains("database system was not properly shut down");
  }

  @Test
  void recoversWhenOnlyTheParentOfItsProcessesWasKilled() throws SQLException {
    execute(postgres, "CREATE TABLE kept (n int)");
    execute(postgres, "INSERT INTO kept VALUES (7)");
    postgres.child().kill9();
    postgres = Postgres.start(places);
    assertThat(number(postgres, "SELECT sum(n) FROM kept")).isEqualTo(7);
  }

  @Test
  void replacesAServerThatAnEarlierRunLeftBehindAndKeepsItsPort() throws SQLException {
    execute(postgres, "CREATE TABLE kept (n int)");
    Postgres leftBehind = postgres;
    postgres = Postgres.start(places);
    assertThat(leftBehind.child().isAlive()).isFalse();
    assertThat(postgres.port()).isEqualTo(leftBehind.port());
    assertThat(number(postgres, "SELECT count(*) FROM kept")).isZero();
  }

  @Test
  void takesNoStrangerForAServerThatWasLeftBehind() throws IOException {
    postgres.stop();
    Process stranger =
        new ProcessBuilder("sleep", "60")
            .directory(folder.resolve("postgres/data").toFile())
            .start();
    try {
      // After a reboot the old pid may be anybody's.
      Files.writeString(folder.resolve("postgres/data/postmaster.pid"), stranger.pid() + "\n");
      postgres = Postgres.start(places);
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void takesAnotherPortWhenItsOwnIsTaken() throws IOException, SQLException {
    int port = postgres.port();
    postgres.stop();
    try (ServerSocket stranger = new ServerSocket()) {
      stranger.setReuseAddress(true);
      stranger.bind(Ports.endpoint("127.0.0.1", port));
      postgres = Postgres.start(places);
      assertThat(postgres.port()).isNotEqualTo(port);
      assertThat(number(postgres, "SELECT 1")).isEqualTo(1);
    }
  }

  @Test
  void refusesAWrongPassword() {
    Database right = postgres.database();
    for (String password : List.of("", "wrong", right.password() + "x")) {
      Database wrong =
          new Database(right.host(), right.port(), right.name(), right.user(), password);
      assertThatThrownBy(wrong::connect).isInstanceOf(SQLException.class);
    }
    Database superuser = Postgres.asSuperuser(places, postgres.port());
    Database noPassword =
        new Database(superuser.host(), superuser.port(), "postgres", "postgres", right.password());
    assertThatThrownBy(noPassword::connect).hasMessageContaining("password authentication failed");
  }

  @Test
  void listensOnLoopbackOnly() throws IOException {
    assertThat(connects(InetAddress.ofLiteral("127.0.0.1"))).isTrue();
    List<InetAddress> others =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress())
            .toList();
    for (InetAddress other : others) assertThat(connects(other)).as(other.toString()).isFalse();
    // With one address on the machine, the loop above proves nothing: ask the kernel as well.
    Commands.Result sockets =
        Commands.run(List.of("ss", "-Hltn", "sport", "=", ":" + postgres.port()));
    assertThat(sockets.output().lines().map(line -> line.split(" +", -1)[3]))
        .containsExactly("127.0.0.1:" + postgres.port());
  }

  @Test
  void isDurableAndItsServerRoleIsNoSuperuser() throws SQLException {
    for (String setting :
        List.of("fsync", "synchronous_commit", "full_page_writes", "data_checksums")) {
      assertThat(text(postgres, "SHOW " + setting)).as(setting).isEqualTo("on");
    }
    assertThat(text(postgres, "SHOW server_encoding")).isEqualTo("UTF8");
    assertThat(text(postgres, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        .isEqualTo("f");
    execute(postgres, "CREATE EXTENSION btree_gist");
  }

  @Test
  void keepsPasswordsAndDataToItsOwner() throws IOException {
    for (String name : List.of("poise.password", "postgres.password")) {
      assertThat(permissions(folder.resolve("postgres").resolve(name))).isEqualTo("rw-------");
    }
    assertThat(permissions(folder.resolve("postgres"))).isEqualTo("rwx------");
    assertThat(permissions(folder.resolve("postgres/data"))).isEqualTo("rwx------");
  }

  @Test
  void beginsAnewWhenItsFirstStartWasInterrupted(@TempDir Path other) throws Exception {
    Files.createDirectories(other.resolve("postgres/data.unfinished/base"));
    Postgres second = Postgres.start(placesIn(other));
    try {
      assertThat(number(second, "SELECT 1")).isEqualTo(1);
      assertThat(other.resolve("postgres/data.unfinished")).doesNotExist();
    } finally {
      second.stop();
    }
  }

  /** Ends the server and all its children in the middle of what they do. */
  private void killAll() {
    List<ProcessIdentity> all =
        ProcessHandle.of(postgres.child().pid())
            .orElseThrow()
            .descendants()
            .map(process -> ProcessIdentity.of(process.pid()))
            .flatMap(Optional::stream)
            .toList();
    assertThat(all).isNotEmpty();
    postgres.child().kill9();
    all.forEach(ProcessIdentity::kill9);
    Deadline.in(Duration.ofSeconds(5)).await(() -> !postgres.child().isAlive());
  }

  private boolean connects(InetAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, postgres.port()), 1_000);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void execute(Postgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Postgres postgres, String sql) throws SQLException {
    return Long.parseLong(text(postgres, sql));
  }

  private static String text(Postgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
