package dev.poise.agent;

import dev.poise.agent.engine.DataPlane;
import dev.poise.agent.engine.Dwellings;
import dev.poise.agent.engine.Haproxy;
import dev.poise.agent.engine.HaproxyBinary;
import dev.poise.agent.engine.ProcessIdentity;
import dev.poise.agent.engine.ProcessTable;
import dev.poise.agent.ledger.BundleRefs;
import dev.poise.agent.ledger.Bundles;
import dev.poise.agent.ledger.Ledger;
import dev.poise.agent.ledger.RemovalGuard;
import dev.poise.agent.network.Networks;
import dev.poise.agent.observe.ReportBoard;
import dev.poise.agent.render.DigestedSpec;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.vrrp.Vrrp;
import dev.poise.spec.BundleRef;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Manifest;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecJson.MalformedSpec;
import dev.poise.spec.TypeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the node what its ledger says: one worker for each load balancer, and for each worker the
 * wish that follows from the manifest.
 *
 * <p>It is the same at boot and after every change, with or without a server: look at the whole
 * manifest, tell every worker what is wished now. Workers know what they did already.
 */
final class Agent {
  private static final Logger log = LoggerFactory.getLogger(Agent.class);

  private final NodeSettings settings;
  private final int drainingLimit;
  private final HaproxyBinary binary;
  private final Dwellings dwellings;
  private final Networks networks;
  private final Ledger ledger;
  private final Bundles bundles;
  private final ReportBoard board;
  private final Vrrp vrrp;
  private final InstantSource clock;
  private final Semaphore permits = new Semaphore(Runtime.getRuntime().availableProcessors());
  private final Map<LoadBalancerId, Worker> workers = new HashMap<>();
  private final Map<LoadBalancerId, Thread> threads = new HashMap<>();
  private Map<Path, List<ProcessIdentity>> left = Map.of();

  Agent(
      AgentConfig config,
      HaproxyBinary binary,
      Dwellings dwellings,
      Networks networks,
      Ledger ledger,
      Bundles bundles,
      ReportBoard board,
      Vrrp vrrp,
      InstantSource clock) {
    this.settings = config.settings();
    this.drainingLimit = config.drainingLimit();
    this.binary = binary;
    this.dwellings = dwellings;
    this.networks = networks;
    this.ledger = ledger;
    this.bundles = bundles;
    this.board = board;
    this.vrrp = vrrp;
    this.clock = clock;
  }

  /** Begins with what is on the disk: every load balancer the node served, and the ledger. */
  synchronized void boot() throws IOException, InterruptedException {
    left = leftProcesses();
    Set<LoadBalancerId> onDisk = onDisk(settings);
    Optional<Manifest> manifest = ledger.manifest();
    networks.begin(onDisk);
    if (manifest.isPresent()) {
      networks.want(manifest.get().networks());
      networks.step();
      serve(manifest.get(), onDisk);
    } else {
      onDisk.forEach(id -> wish(id, new Wish.Hold("the node has no manifest yet")));
    }
    left = Map.of();
  }

  /** By the directory of the load balancer. */
  private Map<Path, List<ProcessIdentity>> leftProcesses() throws IOException {
    Path directory = settings.loadBalancersDirectory();
    int depth = directory.getNameCount() + 1;
    Map<Path, List<ProcessIdentity>> found = new HashMap<>();
    for (ProcessTable.Daemon daemon : ProcessTable.daemonsBelow(directory)) {
      Path own = daemon.config().getRoot().resolve(daemon.config().subpath(0, depth));
      found.computeIfAbsent(own, key -> new ArrayList<>()).add(daemon.identity());
    }
    return found;
  }

  /** The load balancers that have files. */
  static Set<LoadBalancerId> onDisk(NodeSettings settings) throws IOException {
    Path directory = settings.loadBalancersDirectory();
    if (!Files.isDirectory(directory)) return Set.of();
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> TypeId.isValid(LoadBalancerId.PREFIX, name))
          .map(LoadBalancerId::new)
          .collect(Collectors.toSet());
    }
  }

  /** Wishes what the ledger says. */
  synchronized void serve() {
    try {
      Optional<Manifest> manifest = ledger.manifest();
      if (manifest.isPresent()) serve(manifest.get(), present());
    } catch (IOException e) {
      log.error("reading the ledger failed", e);
    }
  }

  private void serve(Manifest manifest, Set<LoadBalancerId> present) throws IOException {
    vrrp.obey(manifest.redundancy());
    workers.values().removeIf(Worker::hasEnded);
    threads.keySet().retainAll(workers.keySet());
    networks.want(manifest.networks());
    Map<LoadBalancerId, Long> heldBefore = ledger.held();
    RemovalGuard.Decision decision = RemovalGuard.decide(present, heldBefore, manifest);
    if (!decision.held().equals(heldBefore)) ledger.putHeld(decision.held());

    Set<String> digests = new HashSet<>();
    for (Manifest.Entry entry : manifest.loadBalancers()) {
      digests.add(entry.digest());
      if (!decision.removed().contains(entry.id()) && !isAskedFor(entry)) {
        wish(entry.id(), wishFor(entry));
      }
    }
    decision.held().forEach((id, revision) -> wish(id, heldSince(revision)));
    decision.removed().forEach(id -> wish(id, new Wish.Remove()));
    ledger.keepSpecs(digests);
    Set<String> named = new HashSet<>();
    for (String digest : digests) named.addAll(ledger.bundlesOf(digest));
    bundles.keep(named);
    board.accepted(manifest, decision.heldRemovals());
  }

  private Set<LoadBalancerId> present() {
    Set<LoadBalancerId> present = new HashSet<>();
    workers.forEach((id, worker) -> {
      if (!(worker.wish() instanceof Wish.Remove)) present.add(id);
    });
    return present;
  }

  private boolean isAskedFor(Manifest.Entry entry) {
    Worker worker = workers.get(entry.id());
    return worker != null
        && worker.wish() instanceof Wish.Serve(DigestedSpec spec)
        && spec.digest().equals(entry.digest());
  }

  private Wish wishFor(Manifest.Entry entry) throws IOException {
    Optional<String> json = ledger.spec(entry.digest());
    if (json.isEmpty()) {
      return new Wish.Await(entry.generation(), "its description has not arrived yet");
    }
    try {
      LoadBalancerSpec spec = SpecJson.readSpec(json.get());
      for (BundleRef bundle : BundleRefs.of(spec)) {
        if (!bundles.has(bundle.digest())) {
          return new Wish.Await(
              entry.generation(), "certificate " + bundle.certificate() + " has not arrived yet");
        }
      }
      return new Wish.Serve(new DigestedSpec(spec, entry.digest()));
    } catch (MalformedSpec e) {
      return new Wish.Refuse(entry.generation(), "" + e.getMessage());
    }
  }

  private static Wish heldSince(long revision) {
    return new Wish.Hold(
        "revision %d left it out together with many others; an operator has to confirm"
            .formatted(revision));
  }

  private void wish(LoadBalancerId id, Wish wish) {
    Worker worker = workers.get(id);
    if (worker != null && worker.wish(wish)) return;
    Haproxy haproxy = new Haproxy(id, settings, binary, bundles, drainingLimit, clock);
    DataPlane plane = new DataPlane(id, haproxy, dwellings, settings.directoryOf(id));
    List<ProcessIdentity> own = left.getOrDefault(settings.directoryOf(id), List.of());
    Worker fresh = new Worker(id, wish, plane, own, board, vrrp.addresses(), permits, clock);
    workers.put(id, fresh);
    threads.put(id, Thread.ofVirtual().name(id.text()).start(fresh));
  }

  /** How many load balancers the node looks after. */
  synchronized int size() {
    return (int) workers.values().stream().filter(worker -> !worker.hasEnded()).count();
  }

  /** Lets go of everything; the processes go on serving. */
  synchronized void release() throws InterruptedException {
    for (Thread thread : threads.values()) thread.interrupt();
    for (Thread thread : threads.values()) thread.join();
    threads.clear();
    workers.clear();
  }
}
