package dev.poise.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs everything on this machine until it is told to stop: a database, the server, one node and a
 * demo.
 *
 * <p>The order matters twice. Upwards, each part needs the one before, except that a node that is
 * already enrolled serves from its ledger without a server, so it starts first. Downwards, the node
 * goes first, then what it left running, then the server, then the database. Parts are stopped one
 * by one from one place, {@link #stop}, which a signal, a failure and a second call all share.
 */
final class Launcher {
  private static final String CIDR = "127.80.0.0/24";
  private static final String ELASTIC_IPS = "127.81.0.0/24";
  private static final Site.Names NAMES = new Site.Names("local", "demo", "demo", "local");
  private static final String NODE = "node-1";

  private final Places places;
  private final Options options;
  private final Screen screen;
  private final CompletableFuture<String> failure = new CompletableFuture<>();
  private final Part<Postgres> postgres;
  private final Part<ServerProcess> server;
  private final Part<AgentProcess> agent;
  private volatile Optional<Database> embedded = Optional.empty();
  private volatile boolean stopping;

  Launcher(Places places, Options options, Screen screen) {
    this.places = places;
    this.options = options;
    this.screen = screen;
    this.postgres = new Part<>(this::startPostgres, new Announcer());
    this.server = new Part<>(() -> ServerProcess.start(serverSettings()), new Announcer());
    this.agent = new Part<>(this::startAgent, new Announcer());
  }

  /** Starts everything, says where it is, and returns when something is beyond repair. */
  void run() {
    FileChannel lock = lock();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::stop));
    try (lock) {
      start();
      throw new CannotStart(failure.join());
    } catch (CannotStart e) {
      // While everything is being stopped, something that does not start is no news.
      if (!stopping) throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      stop();
    }
  }

  private FileChannel lock() {
    try {
      PrivateFiles.createFolder(places.lock().resolveSibling(""));
      FileChannel channel =
          FileChannel.open(places.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        throw new CannotStart(
            "Poise is already running here. ./poise down stops it; its logs are in "
                + places.logs()
                + ".");
      }
      String ourselves = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow() + "\n";
      PrivateFiles.write(places.launcherPid(), ourselves);
      return channel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start() {
    Stopwatch total = new Stopwatch();
    screen.line("Starting Poise");
    clearLeftOvers();
    requireFreePort(options.port());
    requireFreePort(options.agentPort());
    if (options.demo()) Demo.startBackends();
    boolean joined = agentSettings().joined();
    if (joined) agent.start();

    startDatabase();
    Stopwatch watch = new Stopwatch();
    ServerProcess running = server.start();
    running.awaitReady();
    screen.done("server", running.url().toString(), watch.elapsed());

    ApiClient api = running.administrator();
    Site site = Site.ensure(api, NAMES, CIDR);
    site.ensureElasticIps(api, NAMES.subnet(), ELASTIC_IPS);
    watch = new Stopwatch();
    if (!joined) {
      AgentProcess.join(agentSettings(), site.joinToken(api, NODE), NODE);
      agent.start();
    }
    screen.done("node", NODE, watch.elapsed());
    Optional<Demo> demo = options.demo() ? Optional.of(startDemo(api, site)) : Optional.empty();
    new Guide(screen, places, running).print(total.elapsed(), demo);
  }

  private void clearLeftOvers() {
    LeftOvers leftOvers = new LeftOvers(places);
    var stopped = isTheNodeOfBefore() ? leftOvers.stopAllButTraffic() : leftOvers.stopAll();
    if (!stopped.isEmpty()) {
      screen.entry("left over", "stopped what the last run left: " + String.join(", ", stopped));
    }
  }

  private boolean isTheNodeOfBefore() {
    try {
      return Files.isSymbolicLink(places.agentFile())
          && Files.readSymbolicLink(places.agentFile()).equals(agentSettings().file());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireFreePort(int port) {
    if (Ports.isFree(ServerProcess.ADDRESS, port)) return;
    throw new CannotStart(
        "Port %d on %s is taken by another program. Choose another one: ./poise up --port %d"
            .formatted(port, ServerProcess.ADDRESS, Ports.nextFree(ServerProcess.ADDRESS, port)));
  }

  private void startDatabase() {
    Stopwatch watch = new Stopwatch();
    String database =
        options
            .database()
            .map(existing -> existing.requireSupportedVersion() + " at " + existing)
            .orElseGet(this::startOurOwn);
    screen.done("database", "PostgreSQL " + database, watch.elapsed());
  }

  private String startOurOwn() {
    Postgres running = postgres.start();
    embedded = Optional.of(running.database());
    return running.version() + " on 127.0.0.1:" + running.port();
  }

  private Postgres startPostgres() {
    Postgres running = Postgres.start(places.postgres());
    if (embedded.isEmpty() || embedded.get().equals(running.database())) return running;
    running.stop();
    throw new CannotStart("PostgreSQL's port was taken by another program.");
  }

  private ServerProcess.Settings serverSettings() {
    Database database = options.database().or(() -> embedded).orElseThrow();
    return new ServerProcess.Settings(
        places.project(),
        database,
        options.port(),
        options.agentPort(),
        places.state(options.database()).resolve("admin.key"),
        places.log("server"),
        places.serverPid());
  }

  private AgentProcess.Settings agentSettings() {
    Path state = places.state(options.database());
    return new AgentProcess.Settings(
        places.project(),
        state.resolve("agent.conf"),
        state.resolve("node.key"),
        state.resolve("node"),
        places.socketFolder(),
        places.log("agent"),
        places.agentPid());
  }

  private AgentProcess startAgent() {
    AgentProcess.Settings settings = agentSettings();
    settings.moveServer(ServerProcess.agentUrl(options.agentPort()));
    PrivateFiles.link(places.agentFile(), settings.file());
    return AgentProcess.start(settings);
  }

  private Demo startDemo(ApiClient api, Site site) {
    Stopwatch watch = new Stopwatch();
    Demo demo = Demo.ensure(api, site);
    Optional<String> problem = demo.whyNotServing(Duration.ofSeconds(15));
    screen.done(
        "demo", problem.map(why -> "not serving: " + why).orElse(demo.httpUrl()), watch.elapsed());
    return demo;
  }

  /** Stops everything that runs; a second caller waits for the first and finds nothing to do. */
  private synchronized void stop() {
    if (stopping) return;
    stopping = true;
    boolean anything = agent.everStarted() || server.everStarted() || postgres.everStarted();
    if (!anything) return;
    screen.line("\nStopping");
    agent.stop();
    if (agent.everStarted()) AgentProcess.stopAll(places.project(), places.agentFile());
    server.stop();
    postgres.stop();
    screen.line("Stopped");
  }

  /** Tells the person about parts that end unasked. */
  private final class Announcer implements Part.Observer {
    @Override
    public void restarting(Child ended, String how) {
      screen.line(ended.name() + " " + how + "; starting it again. Its last words:");
      screen.quote(ended.log().tail(5));
    }

    @Override
    public void gaveUp(String reason) {
      failure.complete(reason);
    }
  }
}
