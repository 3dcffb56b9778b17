package dev.poise.standalone;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The control plane as a process. */
public final class ServerProcess implements Running {
  static final String ADDRESS = "127.0.0.1";
  private static final String MASTER_KEY = "POISE_MASTER_KEY";
  private static final String MASTER_KEY_FILE = "POISE_MASTER_KEY_FILE";

  /** Enough for a few hundred load balancers and their nodes. */
  public static final int HEAP_MEGABYTES = 256;

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /**
   * How it is run.
   *
   * @param port of the API
   * @param agentAddress where agents find it; the API is on 127.0.0.1 in any case
   * @param agentPort where agents find it
   * @param adminKeyFile where it writes the key of the first administrator
   * @param heapMegabytes what its objects may take
   */
  public record Settings(
      ProjectPlaces project,
      Database database,
      int port,
      String agentAddress,
      int agentPort,
      Path adminKeyFile,
      LogFile log,
      Path pidFile,
      int heapMegabytes) {

    /** One whose nodes are on this machine. */
    public Settings(
        ProjectPlaces project,
        Database database,
        int port,
        int agentPort,
        Path adminKeyFile,
        LogFile log,
        Path pidFile) {
      this(project, database, port, ADDRESS, agentPort, adminKeyFile, log, pidFile, HEAP_MEGABYTES);
    }

    /** The same with so much memory for its objects. */
    public Settings withHeap(int megabytes) {
      return new Settings(
          project, database, port, agentAddress, agentPort, adminKeyFile, log, pidFile, megabytes);
    }

    public URI url() {
      return ServerProcess.url(port);
    }
  }

  private final Settings settings;
  private final Child child;

  private ServerProcess(Settings settings, Child child) {
    this.settings = settings;
    this.child = child;
  }

  /** Where a server of that port is. */
  static URI url(int port) {
    return URI.create("http://" + ADDRESS + ":" + port);
  }

  /** Where agents find a server that has this port for them. */
  static URI agentUrl(int port) {
    return URI.create("https://" + ADDRESS + ":" + port);
  }

  /** Starts it; {@link #awaitReady} tells when it serves. */
  public static ServerProcess start(Settings settings) {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                ProjectPlaces.java(),
                "-XX:+UseSerialGC",
                "-Xmx" + settings.heapMegabytes() + "m",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+ExitOnOutOfMemoryError",
                "-jar",
                settings.project().serverJar().toString()));
    var environment = builder.environment();
    environment.put("POISE_DATABASE_URL", settings.database().jdbcUrl());
    environment.put("POISE_DATABASE_USER", settings.database().user());
    environment.put("POISE_DATABASE_PASSWORD", settings.database().password());
    environment.put("POISE_LISTEN_ADDRESS", ADDRESS);
    environment.put("POISE_LISTEN_PORT", Integer.toString(settings.port()));
    environment.put("POISE_AGENT_ADDRESS", settings.agentAddress());
    environment.put("POISE_AGENT_PORT", Integer.toString(settings.agentPort()));
    environment.put("POISE_AGENT_ARCHIVE", settings.project().agentArchive().toString());
    environment.put("POISE_BOOTSTRAP_ADMIN_KEY_FILE", settings.adminKeyFile().toString());
    environment.put("POISE_BOOTSTRAP_ADMIN_SET_UP_FILE", setUpFile(settings).toString());
    if (!environment.containsKey(MASTER_KEY) && !environment.containsKey(MASTER_KEY_FILE))
      environment.put(MASTER_KEY_FILE, masterKeyFile(settings).toString());
    return new ServerProcess(
        settings, Child.start("The server", builder, settings.log(), settings.pidFile()));
  }

  private static Path setUpFile(Settings settings) {
    return settings.adminKeyFile().resolveSibling("admin.set-up");
  }

  /** The key that private keys are encrypted under; made once, kept beside the administrator's. */
  private static Path masterKeyFile(Settings settings) {
    Path file = settings.adminKeyFile().resolveSibling("master.key");
    if (Files.exists(file)) return file;
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    PrivateFiles.write(file, Base64.getEncoder().encodeToString(key) + "\n");
    return file;
  }

  /** Waits until it answers that it is ready. */
  public void awaitReady() {
    ApiClient client = ApiClient.withoutKey(settings.url());
    boolean decided =
        Deadline.in(PATIENCE)
            .await(() -> !child.isAlive() || client.answers("/health", Duration.ofSeconds(2)));
    if (!child.isAlive()) {
      throw new CannotStart("The server ended. Its last words:\n" + child.log().tail(20));
    }
    if (!decided) {
      throw new CannotStart(
          "The server was not ready after %d s. Its last words:\n%s"
              .formatted(PATIENCE.toSeconds(), child.log().tail(20)));
    }
  }

  /** A client with the rights of the first administrator. */
  public ApiClient administrator() {
    return ApiClient.withKey(settings.url(), administratorKey());
  }

  String administratorKey() {
    try {
      return Files.readString(settings.adminKeyFile()).strip();
    } catch (IOException e) {
      throw new CannotStart(
          """
          This database has an administrator already, whose key is not in %s.
          Put the key there, or use an empty database.\
          """
              .formatted(settings.adminKeyFile()),
          e);
    }
  }

  Path administratorKeyFile() {
    return settings.adminKeyFile();
  }

  /** The token that sets the first administrator's password, while nobody used it. */
  Optional<Path> setUpFile() {
    Path file = setUpFile(settings);
    boolean unused = administrator().get("/me").at("/user/state").asString("").equals("INVITED");
    return Optional.of(file).filter(it -> unused && Files.exists(it));
  }

  public URI url() {
    return settings.url();
  }

  @Override
  public Child child() {
    return child;
  }

  @Override
  public void stop() {
    // Every change is one transaction: what a long poll still holds up may be cut off.
    child.stop("TERM", Duration.ofSeconds(5));
  }
}
