package dev.poise.agent.vrrp;

import dev.poise.agent.engine.ProcessIdentity;
import dev.poise.agent.engine.ProcessTable;
import dev.poise.agent.engine.ProcessTable.Signal;
import dev.poise.agent.kernel.Tool;
import dev.poise.agent.ledger.DurableFile;
import dev.poise.agent.render.KeepalivedConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keepalived of a node: its files, and its processes, which outlive the agent.
 *
 * <p>There are two processes. The parent starts the child again when that ends; the child speaks
 * VRRP and has the addresses. A child whose parent ends gives its addresses back and ends. If both
 * are killed nobody gives them back; a new child does that when it starts, as far as they are in
 * its configuration. Those that are not any more are removed before the configuration is replaced.
 *
 * <p>A process that ended leaves its pid files, and the pids in them may be somebody else's by then
 * (or belong to a process nobody has buried), in which case a new keepalived would refuse to start.
 * So they are deleted first, after everything that was started with our configuration has ended.
 *
 * <p>Not safe for use by several threads.
 */
final class Keepalived {
  private static final Logger log = LoggerFactory.getLogger(Keepalived.class);
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Duration LEAVING = Duration.ofMillis(300);
  private static final Duration STOPPING = Duration.ofSeconds(5);
  private static final Duration KILLING = Duration.ofSeconds(1);
  private static final Duration TELLING = Duration.ofSeconds(1);
  private static final long LONGEST_LOG = 4L << 20;

  private final Path directory;
  private final Path config;
  private final Path pidFile;
  private final Path childPidFile;
  private final Path told;
  private final Path logFile;
  private @Nullable ProcessIdentity parent;

  private Keepalived(Path directory) {
    this.directory = directory;
    config = directory.resolve(KeepalivedConfig.FILE);
    pidFile = directory.resolve("parent.pid");
    childPidFile = directory.resolve("child.pid");
    told = directory.resolve("keepalived.json");
    logFile = directory.resolve("keepalived.log");
  }

  /** The keepalived whose files are in a node's run directory. */
  static Keepalived in(Path runDirectory) {
    return new Keepalived(runDirectory.resolve("vrrp"));
  }

  /** Makes the directory and the pipe, if they are not there. */
  void prepare() throws IOException {
    Files.createDirectories(directory, OWNER_ONLY);
    if (Files.exists(fifo())) return;
    Tool.Run run = new Tool("mkfifo").run(List.of("-m", "600", fifo().toString()), "");
    if (!run.succeeded()) throw new IOException("mkfifo: " + run.output().strip());
  }

  Path directory() {
    return directory;
  }

  /** Where it tells of its state. */
  Path fifo() {
    return directory.resolve(KeepalivedConfig.FIFO);
  }

  /** Takes over what an earlier run of the agent started; says whether there was anything. */
  boolean adopt() throws IOException {
    Optional<ProcessIdentity> left = pidIn(pidFile).flatMap(ProcessTable::find);
    parent = left.filter(ours()::contains).orElse(null);
    return parent != null;
  }

  private Set<ProcessIdentity> ours() throws IOException {
    return new HashSet<>(ProcessTable.startedWith(config));
  }

  boolean isAlive() {
    ProcessIdentity process = parent;
    return process != null && ProcessTable.isAlive(process);
  }

  /** The configuration it has, or gets when it starts; empty if there is none. */
  String configuration() throws IOException {
    return Files.exists(config) ? Files.readString(config) : "";
  }

  /**
   * Gives it another configuration, which it reads at once if it runs.
   *
   * @return why it cannot have it; it keeps the old one then
   */
  Optional<String> configure(KeepalivedProgram program, String text)
      throws IOException, InterruptedException {
    String before = configuration();
    if (before.equals(text)) return Optional.empty();
    Path staged = config.resolveSibling(KeepalivedConfig.FILE + ".new");
    Files.writeString(staged, text);
    Optional<String> refusal = program.refusal(staged);
    if (refusal.isPresent()) return refusal;
    ProcessIdentity process = parent;
    if (process == null || !ProcessTable.isAlive(process)) removeDropped(before, text);
    DurableFile.rename(staged, config);
    if (process != null) ProcessTable.signal(process, Signal.HUP);
    return Optional.empty();
  }

  /** A killed process may have left them, and the next one will not know of them. */
  private static void removeDropped(String before, String after) throws IOException {
    List<KeepalivedConfig.Placed> dropped = new ArrayList<>(KeepalivedConfig.addressesIn(before));
    dropped.removeAll(KeepalivedConfig.addressesIn(after));
    for (KeepalivedConfig.Placed each : dropped) {
      // It fails where the address is not on the machine, which is what we want.
      new Tool("ip")
          .run(List.of("addr", "del", each.address() + "/32", "dev", each.networkInterface()), "");
    }
  }

  /** Says whether the node stands for primary. */
  void stand(boolean stands) throws IOException {
    Path file = directory.resolve(KeepalivedConfig.STANDING);
    String text = stands ? "0\n" : "-254\n";
    if (Files.exists(file) && Files.readString(file).equals(text)) return;
    Files.writeString(file, text);
  }

  /** Starts it, after everything that is left of an earlier one has ended. */
  void start(KeepalivedProgram program) throws IOException, InterruptedException {
    end(LEAVING);
    long pid = program.start(config, pidFile, childPidFile, logFile);
    parent = ProcessTable.find(pid).orElse(null);
  }

  /** Ends it; its addresses go. Says whether it ran. */
  boolean stop() throws IOException, InterruptedException {
    return end(STOPPING);
  }

  private boolean end(Duration patience) throws IOException, InterruptedException {
    Set<ProcessIdentity> left = ours();
    for (ProcessIdentity process : left) ProcessTable.signal(process, Signal.TERM);
    long deadline = System.nanoTime() + patience.toNanos();
    for (ProcessIdentity process : left) {
      Duration rest = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      if (ProcessTable.awaitEnd(process, rest)) continue;
      ProcessTable.signal(process, Signal.KILL);
      ProcessTable.awaitEnd(process, KILLING);
    }
    Files.deleteIfExists(pidFile);
    Files.deleteIfExists(childPidFile);
    parent = null;
    return !left.isEmpty();
  }

  /** Asks it; says nothing if it does not answer in time. */
  Optional<Told> ask() throws InterruptedException {
    try {
      return tryToAsk();
    } catch (IOException e) {
      log.warn("keepalived cannot be asked", e);
      return Optional.empty();
    }
  }

  private Optional<Told> tryToAsk() throws IOException, InterruptedException {
    Optional<ProcessIdentity> child = pidIn(childPidFile).flatMap(ProcessTable::find);
    if (child.isEmpty() || !ours().contains(child.get())) return Optional.empty();
    Files.deleteIfExists(told);
    ProcessTable.signal(child.get(), Signal.TELL);
    long deadline = System.nanoTime() + TELLING.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (Files.exists(told)) return Optional.of(Told.parse(Files.readString(told)));
      } catch (IOException e) {
        log.trace("not written to the end yet", e);
      }
      Thread.sleep(2);
    }
    return Optional.empty();
  }

  private static Optional<Long> pidIn(Path file) throws IOException {
    try {
      return Optional.of(Long.parseLong(Files.readString(file).strip()));
    } catch (NoSuchFileException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The last thing it logged. */
  String lastWords() {
    try {
      List<String> lines = Files.readAllLines(logFile);
      String last = lines.isEmpty() ? "nothing" : lines.getLast();
      return last.replaceFirst("^\\w+ \\w+ +\\d+ [0-9:]+ \\d+: ", "");
    } catch (IOException e) {
      return "nothing";
    }
  }

  /** It logs a few lines for every reload and knows no rotation; it appends, so this is safe. */
  void shortenLog() throws IOException {
    if (!Files.exists(logFile) || Files.size(logFile) < LONGEST_LOG) return;
    try (FileChannel channel = FileChannel.open(logFile, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }
}
