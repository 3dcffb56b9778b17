package dev.poise.agent;

import dev.poise.agent.engine.Dwellings;
import dev.poise.agent.engine.HaproxyBinary;
import dev.poise.agent.engine.KernelAccess;
import dev.poise.agent.kernel.Kernel;
import dev.poise.agent.kernel.Kernels;
import dev.poise.agent.kernel.Namespace;
import dev.poise.agent.ledger.Bundles;
import dev.poise.agent.ledger.Ledger;
import dev.poise.agent.link.ManifestFollower;
import dev.poise.agent.link.Reporter;
import dev.poise.agent.link.ServerClient;
import dev.poise.agent.network.Features;
import dev.poise.agent.network.Ip;
import dev.poise.agent.network.Networks;
import dev.poise.agent.observe.ReportBoard;
import dev.poise.agent.probe.Prober;
import dev.poise.agent.render.NodeRules;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.vrrp.Progress;
import dev.poise.agent.vrrp.Vrrp;
import dev.poise.agent.vrrp.VrrpAccess;
import dev.poise.spec.Capabilities;
import dev.poise.spec.RoleReport.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the agent of a node together and runs it. */
final class Node {
  private static final Logger log = LoggerFactory.getLogger(Node.class);
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Duration FIRST_REPORT_PATIENCE = Duration.ofSeconds(15);

  private final Agent agent;
  private final ReportBoard board;
  private final ManifestFollower follower;
  private final Reporter reporter;
  private final DataLock dataLock;
  private final KernelAccess access;
  private final List<Thread> threads;

  private Node(AgentConfig config, DataLock dataLock, String agentVersion)
      throws AgentConfig.Unusable, IOException, InterruptedException {
    this.dataLock = dataLock;
    HaproxyBinary binary = new HaproxyBinary(config.haproxyBinary());
    InstantSource clock = InstantSource.system();
    Map<String, String> versions =
        new HashMap<>(Map.of("haproxy", binary.version(), "poise-agent", agentVersion));
    List<String> protocols = new ArrayList<>(protocols(binary));
    Map<String, String> missing = new HashMap<>();
    Kernels kernels = kernels(config);
    access = access(kernels, clock);
    switch (access) {
      case KernelAccess.Granted granted -> {
        versions.putAll(granted.kernel().versions());
        protocols.add("UDP");
      }
      case KernelAccess.Missing(String why) -> missing.put("UDP", why);
    }
    VrrpAccess vrrpAccess = VrrpAccess.to(config.keepalivedBinary());
    Ip ip = new Ip(config.ipBinary(), config.bridgeBinary());
    Features networking = Features.tryOut(ip, config.node());
    versions.putAll(networking.versions());
    missing.putAll(networking.missing());
    List<String> features = new ArrayList<>(networking.features());
    switch (vrrpAccess) {
      case VrrpAccess.Granted(var program) -> {
        versions.put("keepalived", program.version());
        features.add(Capabilities.VRRP);
      }
      case VrrpAccess.Missing(String why) -> missing.put(Capabilities.VRRP, why);
    }
    Capabilities capabilities = new Capabilities(versions, protocols, features, missing);
    AtomicReference<Role> role = new AtomicReference<>(Role.UNKNOWN);
    Networks networks = networks(config, ip, networking, role::get);
    Dwellings dwellings = new Dwellings(binary, access, kernels, ip, networks);
    ServerClient server = new ServerClient(config.server(), config.nodeKey());
    Ledger ledger = Ledger.open(config.settings().dataDirectory());
    Bundles bundles = Bundles.open(config.settings().dataDirectory());
    board = new ReportBoard(config.node(), UUID.randomUUID().toString(), capabilities, clock);
    Vrrp vrrp = new Vrrp(config.node(), config.settings(), vrrpAccess, access, board, clock);
    vrrp.follow(newest -> {
      role.set(newest);
      networks.wake();
    });
    agent = new Agent(config, binary, dwellings, networks, ledger, bundles, board, vrrp, clock);
    follower = new ManifestFollower(server, ledger, bundles, config.node(), board, agent::serve);
    reporter = new Reporter(server, board);
    threads = new ArrayList<>();
    threads.add(Thread.ofPlatform().name("manifest").unstarted(follower));
    threads.add(Thread.ofPlatform().name("networks").unstarted(networks));
    threads.add(Thread.ofPlatform().name("report").unstarted(this::report));
    threads.add(Thread.ofPlatform().name("vrrp").unstarted(() -> vrrp.run(progress(vrrp))));
    if (access instanceof KernelAccess.Granted granted) {
      threads.add(Thread.ofPlatform().name("checks").unstarted(granted.prober()));
    }
  }

  private Progress progress(Vrrp vrrp) {
    return new Progress() {
      @Override
      public boolean isComplete() {
        return vrrp.addresses().size() >= agent.size();
      }

      @Override
      public boolean isCaughtUp() {
        return follower.hasAsked() && board.isAllTried();
      }
    };
  }

  private static Kernels kernels(AgentConfig config) {
    return new Kernels(
        config.ipBinary(),
        config.nftBinary(),
        config.conntrackBinary(),
        NodeRules.tableOf(config.node()));
  }

  private static Networks networks(
      AgentConfig config, Ip ip, Features features, Supplier<Role> role) throws IOException {
    NodeSettings settings = config.settings();
    return new Networks(
        ip,
        config.node(),
        settings.dataDirectory(),
        settings.edgeNamespace(),
        role,
        features.whyNoNetworks());
  }

  private static KernelAccess access(Kernels kernels, InstantSource clock) throws IOException {
    try {
      Kernel kernel = kernels.in(Namespace.own());
      return new KernelAccess.Granted(kernel, new Prober(clock));
    } catch (IOException e) {
      log.warn("no UDP and no packet counters on this node: {}", e.getMessage());
      return new KernelAccess.Missing("" + e.getMessage());
    }
  }

  private static List<String> protocols(HaproxyBinary binary)
      throws IOException, InterruptedException {
    return binary.speaksTls() ? List.of("TCP", "HTTP", "HTTPS") : List.of("TCP", "HTTP");
  }

  /** Serves what the ledger says, then begins to talk to the server. */
  static Node start(AgentConfig config, String agentVersion)
      throws AgentConfig.Unusable, IOException, InterruptedException {
    NodeSettings settings = config.settings();
    for (Path directory :
        List.of(settings.dataDirectory(), settings.runDirectory(), settings.emptyDirectory())) {
      Files.createDirectories(directory, OWNER_ONLY);
    }
    DataLock lock = DataLock.take(settings.dataDirectory());
    try {
      Node node = new Node(config, lock, agentVersion);
      node.agent.boot();
      node.threads.forEach(Thread::start);
      return node;
    } catch (AgentConfig.Unusable | IOException | InterruptedException e) {
      lock.close();
      throw e;
    }
  }

  /** The first report is full, so it waits until every load balancer can be in it. */
  private void report() {
    long deadline = System.nanoTime() + FIRST_REPORT_PATIENCE.toNanos();
    try {
      while (board.size() < agent.size() && System.nanoTime() < deadline) Thread.sleep(10);
    } catch (InterruptedException e) {
      return;
    }
    reporter.run();
  }

  /** Waits until the agent ends, which it does only when it is told to. */
  void join() throws InterruptedException {
    for (Thread thread : threads) thread.join();
  }

  /** Ends the agent; the processes go on serving. */
  void stop() throws IOException, InterruptedException {
    for (Thread thread : threads) thread.interrupt();
    join();
    agent.release();
    if (access instanceof KernelAccess.Granted granted) granted.prober().close();
    dataLock.close();
  }
}
