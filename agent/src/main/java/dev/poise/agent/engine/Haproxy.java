package dev.poise.agent.engine;

import dev.poise.agent.kernel.Namespace;
import dev.poise.agent.ledger.Bundles;
import dev.poise.agent.render.DigestedSpec;
import dev.poise.agent.render.HaproxyConfig;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.render.Rendered;
import dev.poise.agent.render.ServerLine;
import dev.poise.agent.render.ServerState;
import dev.poise.agent.render.Unrenderable;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The HAProxy of one load balancer: brings the running process to what a spec says.
 *
 * <p>The order of every change is: render, stage in a new directory, check with the real tool (not
 * if only weights and modes differ from what was checked), then make the process serve it, then ask
 * the process. The file is the truth, because a process that dies is started from it; what goes
 * over the socket only spares a new process.
 *
 * <ul>
 *   <li>Only weights, domains and paths of rules, ranges of clients, or server certificates
 *       changed, or members were disabled or drained: the file first, then the commands for exactly
 *       what differs, then read back. Anything unexpected ends in a reload.
 *   <li>Everything else, enabling a member too: a new process takes over the listeners and the old
 *       one drains. (Over the socket an enabled member would wait for a check as long as its
 *       interval; a new process checks it within 250 ms.)
 *   <li>Nothing runs: a process is started that inherits nothing. It must never be started while
 *       one of ours still listens: it would fail, but only after taking the admin socket's name.
 * </ul>
 *
 * <p>A new member gets no traffic before a check passed: it starts as down, and at its first passed
 * check the agent declares it healthy. If the agent is away, {@code rise} passed checks do the
 * same.
 *
 * <p>Not safe for use by several threads: a load balancer's worker is the only one that calls.
 */
public final class Haproxy {
  private static final Duration CONFIRMATION_PATIENCE = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final LoadBalancerId id;
  private final NodeSettings settings;
  private HaproxyBinary binary;
  private final InstantSource clock;
  private final LoadBalancerFiles files;
  private final DrainingProcesses draining;
  private final KnownHealth known = new KnownHealth();
  private final FirstChecks firstChecks = new FirstChecks();
  private final Expulsion expulsion = new Expulsion();
  private @Nullable LiveProcess live;
  private Optional<LoadBalancerSpec> served = Optional.empty();
  private List<ServerLine> servers = List.of();
  private Instant lastReload = Instant.EPOCH;

  public Haproxy(
      LoadBalancerId id,
      NodeSettings settings,
      HaproxyBinary binary,
      Bundles bundles,
      int drainingLimit,
      InstantSource clock) {
    this.id = id;
    this.settings = settings;
    this.binary = binary;
    this.clock = clock;
    files = new LoadBalancerFiles(id, settings, bundles);
    draining = new DrainingProcesses(drainingLimit);
  }

  /**
   * Takes over the processes an earlier run of the agent left.
   *
   * @param left the processes that serve, or served, this load balancer
   */
  public void adopt(Collection<ProcessIdentity> left) throws IOException {
    live = LiveProcess.ask(settings.socketOf(id), id).orElse(null);
    LiveProcess process = live;
    for (ProcessIdentity other : left) {
      boolean isLive = process != null && process.identity().equals(other);
      if (!isLive) draining.follow(other);
    }
    if (process == null) return;
    rememberAsLastGood(process);
    Optional<DigestedSpec> spec = files.specOf(process.digest());
    served = spec.map(DigestedSpec::spec);
    servers = serversOf(spec);
    firstChecks.adopt(process.statistics());
  }

  /**
   * The agent may have ended when a process had started and nobody had noted yet that it did. It
   * may also have ended while it changed a process in place: then what is noted is newer than what
   * the process says, nobody knows what it serves, and a new one shall be started from the note.
   */
  private void rememberAsLastGood(LiveProcess process) throws IOException {
    if (process.generation() <= lastGoodGeneration()) return;
    Optional<Path> config = ProcessTable.configOf(process.identity());
    if (config.isEmpty()) return;
    Optional<Path> started = files.generationOf(config.get(), process.digest());
    if (started.isPresent()) files.makeCurrent(started.get());
  }

  /**
   * Lives in that network from now on. A process that was started in another one cannot come along,
   * and must not hand over its listeners: it finishes what is open there.
   *
   * @param entering the program, as it is run there
   */
  void moveTo(Namespace namespace, HaproxyBinary entering)
      throws IOException, InterruptedException {
    binary = entering;
    LiveProcess process = live;
    if (process == null) return;
    OptionalLong inode = ProcessTable.networkOf(process.identity());
    if (inode.isPresent() && inode.getAsLong() != namespace.inode()) stopListening();
  }

  private List<ServerLine> serversOf(Optional<DigestedSpec> spec) {
    try {
      return spec.isEmpty() ? List.of() : HaproxyConfig.render(spec.get(), settings).servers();
    } catch (Unrenderable e) {
      return List.of();
    }
  }

  /** Whether a process should run and has ended; it is forgotten then. */
  public boolean hasDied() {
    LiveProcess process = live;
    if (process == null || ProcessTable.isAlive(process.identity())) return false;
    process.admin().close();
    live = null;
    return true;
  }

  /** Whether a process listens. */
  public boolean isRunning() {
    return live != null;
  }

  /** Servers that wait for their first check: while there are some, reading often pays. */
  public boolean hasUnproven() {
    return !firstChecks.awaited().isEmpty();
  }

  /** The spec that was made true last. */
  public Optional<LoadBalancerSpec> served() {
    return served;
  }

  /** Ends a process that does not answer; it has died then. */
  public void killUnresponsive() throws IOException, InterruptedException {
    LiveProcess process = live;
    if (process == null) return;
    ProcessTable.signal(process.identity(), ProcessTable.Signal.KILL);
    ProcessTable.awaitEnd(process.identity(), GRACE);
  }

  /** How many replaced processes still drain. */
  public int drainingCount() {
    return draining.count();
  }

  /** Makes the process serve a spec; if that fails and nothing runs, the last good one. */
  public Applied apply(DigestedSpec desired) throws IOException, InterruptedException {
    Applied applied = attempt(desired);
    if (applied instanceof Applied.Refused && live == null) {
      Optional<DigestedSpec> last = files.currentSpec();
      if (last.isPresent() && !last.get().equals(desired)) attempt(last.get());
    }
    return applied;
  }

  private Applied attempt(DigestedSpec desired) throws IOException, InterruptedException {
    if (!desired.needsHaproxy()) return serveNothing(desired.spec());
    Rendered rendered;
    String shape;
    try {
      rendered = HaproxyConfig.render(desired, settings);
      shape = HaproxyConfig.shape(desired.spec(), settings);
    } catch (Unrenderable e) {
      return new Applied.Refused(e.why());
    }
    boolean accepted = files.isCurrent(rendered);
    LiveProcess process = live;
    if (process != null && process.serves(desired) && accepted) {
      expulsion.of(desired.spec(), live, draining);
      return new Applied.Done();
    }

    Path staged = files.stage(desired, rendered);
    Optional<Rendered> similar =
        process == null ? Optional.empty() : runningIfSimilar(process, rendered, shape);
    boolean onlyNumbers =
        similar.isPresent() && InPlaceChange.changesOnlyNumbers(similar.get(), rendered);
    // What differs from a checked file only in numbers that are in their range needs no check.
    if (!accepted && !onlyNumbers) {
      Finished check = binary.check(LoadBalancerFiles.configIn(staged));
      if (!check.succeeded()) return new Applied.Refused(ToolWords.of(check));
    }
    if (process != null && similar.isPresent()) {
      files.makeCurrent(staged);
      if (changeInPlace(process, similar.get(), desired, rendered, staged)) {
        return settled(staged, desired, rendered);
      }
    }
    return replace(desired, rendered, staged);
  }

  private Applied serveNothing(LoadBalancerSpec spec) throws IOException, InterruptedException {
    stopListening();
    files.forgetCurrent();
    servers = List.of();
    served = Optional.of(spec);
    return new Applied.Done();
  }

  private Applied settled(Path staged, DigestedSpec desired, Rendered rendered)
      throws IOException, InterruptedException {
    files.makeCurrent(staged);
    files.deleteAllButCurrent();
    servers = rendered.servers();
    served = Optional.of(desired.spec());
    expulsion.of(desired.spec(), live, draining);
    return new Applied.Done();
  }

  /** What the process serves, if it can be brought from there to the desired one. */
  private Optional<Rendered> runningIfSimilar(LiveProcess process, Rendered desired, String shape)
      throws IOException {
    Optional<DigestedSpec> serving = files.specOf(process.digest());
    if (serving.isEmpty()) return Optional.empty();
    try {
      // The process may have been started with other settings than today's.
      Rendered running = HaproxyConfig.render(serving.get(), settings);
      boolean similar =
          files.isCurrent(running)
              && HaproxyConfig.shape(serving.get().spec(), settings).equals(shape)
              && InPlaceChange.enablesNothing(process.statistics(), desired);
      return similar ? Optional.of(running) : Optional.empty();
    } catch (Unrenderable e) {
      return Optional.empty();
    }
  }

  private boolean changeInPlace(
      LiveProcess process, Rendered running, DigestedSpec desired, Rendered rendered, Path staged) {
    try {
      InPlaceChange.make(process, running, rendered, staged);
      LiveProcess renamed = process.renamed(desired);
      if (!renamed.serves(desired)) return false;
      live = renamed;
      return true;
    } catch (IOException e) {
      // A reload from the file, which is the truth, sets everything right.
      return false;
    }
  }

  private Applied replace(DigestedSpec desired, Rendered rendered, Path staged)
      throws IOException, InterruptedException {
    LiveProcess old = live;
    if (old != null) {
      Duration pause = pauseBeforeReload();
      if (pause.isPositive()) {
        return new Applied.Later(pause, "too many replaced processes still drain");
      }
      refreshKnownHealth(old);
      lastReload = clock.instant();
    }
    files.writeServerState(ServerState.render(rendered.servers(), known::isHealthy));
    Finished start = old == null ? startCold(staged) : takeOver(staged, old);
    if (!start.succeeded()) {
      checkStillListening();
      return new Applied.Refused(ToolWords.of(start));
    }
    Optional<LiveProcess> fresh = awaitProcess(desired);
    if (fresh.isEmpty()) {
      return new Applied.Refused(
          "no process says that it serves generation " + desired.spec().generation());
    }
    LiveProcess replaced = live;
    if (replaced != null) draining.add(replaced.identity(), replaced.admin());
    live = fresh.get();
    firstChecks.expect(rendered.servers(), known);
    return settled(staged, desired, rendered);
  }

  private Duration pauseBeforeReload() {
    Instant now = clock.instant();
    boolean clockWasSetBack = now.isBefore(lastReload);
    if (clockWasSetBack) return Duration.ZERO;
    return Duration.between(now, lastReload.plus(draining.spacing()));
  }

  /** A failed start leaves the old process as it was; if it does not, the next one starts cold. */
  private void checkStillListening() throws IOException, InterruptedException {
    LiveProcess process = live;
    if (process == null || LiveProcess.isListening(process.admin())) return;
    draining.add(process.identity(), process.admin());
    live = null;
  }

  private void refreshKnownHealth(LiveProcess process) {
    try {
      known.learn(process.statistics(), servers, firstChecks.awaited());
    } catch (IOException e) {
      // What was known a moment ago is still the best there is.
    }
  }

  private Finished takeOver(Path staged, LiveProcess old) throws IOException, InterruptedException {
    Path config = LoadBalancerFiles.configIn(staged);
    Finished finished =
        binary.takeOver(config, files.pidFile(), settings.socketOf(id), old.identity());
    boolean deaf = finished.output().contains("Failed to get the sockets from the old process");
    if (finished.succeeded() || !deaf) return finished;
    // It hangs: it neither serves nor hands over.
    ProcessTable.signal(old.identity(), ProcessTable.Signal.KILL);
    ProcessTable.awaitEnd(old.identity(), GRACE);
    old.admin().close();
    live = null;
    return startCold(staged);
  }

  private Finished startCold(Path staged) throws IOException, InterruptedException {
    draining.stopListening();
    Finished finished = binary.start(LoadBalancerFiles.configIn(staged), files.pidFile());
    if (!finished.succeeded()) followStrays();
    return finished;
  }

  /** A start that an agent began just before it was killed may have come to life since. */
  private void followStrays() throws IOException {
    for (ProcessTable.Daemon daemon : ProcessTable.daemonsBelow(files.directory())) {
      if (!draining.follows(daemon.identity())) draining.follow(daemon.identity());
    }
  }

  /** The old process may accept one more connection before it hears that it is replaced. */
  private Optional<LiveProcess> awaitProcess(DigestedSpec desired) throws InterruptedException {
    long deadline = System.nanoTime() + CONFIRMATION_PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<LiveProcess> answering = LiveProcess.ask(settings.socketOf(id), id);
      if (answering.isPresent()) {
        if (answering.get().serves(desired) && !isOld(answering.get())) return answering;
        answering.get().admin().close();
      }
      Thread.sleep(5);
    }
    return Optional.empty();
  }

  private boolean isOld(LiveProcess process) {
    LiveProcess old = live;
    return old != null && old.identity().equals(process.identity());
  }

  /** Starts the last good configuration if nothing runs. */
  public Applied keepLastGood() throws IOException, InterruptedException {
    Optional<DigestedSpec> last = files.currentSpec();
    if (live != null || last.isEmpty()) return new Applied.Done();
    return attempt(last.get());
  }

  /** The spec of the last good configuration. */
  Optional<DigestedSpec> lastGood() throws IOException {
    return files.currentSpec();
  }

  /** The generation of the last good configuration, 0 if there is none. */
  public long lastGoodGeneration() throws IOException {
    return files.currentSpec().map(last -> last.spec().generation()).orElse(0L);
  }

  /** Asks all processes, and declares members healthy whose first check passed. */
  public Reading read() throws IOException {
    List<Reading.OfProcess> replaced = draining.read();
    Optional<Reading.Live> now = Optional.empty();
    LiveProcess process = live;
    if (process != null) {
      if (!process.admin().isOpen()) process = reconnect(process);
      Statistics statistics = process.statistics();
      if (firstChecks.promote(process, statistics)) statistics = process.statistics();
      known.learn(statistics, servers, firstChecks.awaited());
      Reading.OfProcess counters = new Reading.OfProcess(process.identity(), statistics);
      now = Optional.of(new Reading.Live(counters, process.generation(), process.since()));
    }
    return new Reading(now, replaced, draining.unaskedConnections(), firstChecks.awaited());
  }

  private LiveProcess reconnect(LiveProcess process) throws IOException {
    Optional<LiveProcess> answering = LiveProcess.ask(settings.socketOf(id), id);
    if (answering.isEmpty() || !answering.get().identity().equals(process.identity())) {
      throw new IOException("process " + process.identity().pid() + " does not answer");
    }
    live = answering.get();
    return answering.get();
  }

  /** Ends the processes and deletes the files: the load balancer is gone. */
  public void remove() throws IOException, InterruptedException {
    stopListening();
    List<ProcessIdentity> processes = draining.identities();
    draining.release();
    for (ProcessIdentity process : processes) end(process);
    Files.deleteIfExists(settings.socketOf(id));
    files.delete();
  }

  private void stopListening() throws IOException, InterruptedException {
    LiveProcess process = live;
    if (process != null) {
      draining.add(process.identity(), process.admin());
      live = null;
      firstChecks.forget();
    }
    draining.stopListening();
  }

  private static void end(ProcessIdentity process) throws IOException, InterruptedException {
    if (ProcessTable.awaitEnd(process, GRACE)) return;
    ProcessTable.signal(process, ProcessTable.Signal.TERM);
    if (ProcessTable.awaitEnd(process, GRACE)) return;
    ProcessTable.signal(process, ProcessTable.Signal.KILL);
    ProcessTable.awaitEnd(process, GRACE);
  }

  /** Lets go of the processes, which go on serving. */
  public void release() {
    LiveProcess process = live;
    if (process != null) process.admin().close();
    live = null;
    draining.release();
  }
}
