package dev.poise.agent.network;

import dev.poise.agent.kernel.Namespace;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import dev.poise.spec.RoleReport.Role;
import dev.poise.spec.VpcId;
import dev.poise.spec.VpcNetwork;
import dev.poise.spec.VpcNetwork.Segment;
import dev.poise.spec.VpcNetwork.Segment.Netns;
import dev.poise.spec.VpcNetwork.Segment.Vxlan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the networks of VPCs what the manifest says, on a thread of its own.
 *
 * <p>A load balancer in a VPC with a network of its own is an ordinary one, in another network
 * namespace: its process, its rules and its checks are started there. Here is seen to it that the
 * namespace is there, and that the load balancers' addresses are on its interface while this node
 * is the one that has them. keepalived cannot do that: it moves addresses in one namespace.
 *
 * <p>A namespace that an operator makes may come, go and come back as another one at any time. So
 * nothing here is an event: each step looks at what is there and brings it to what should be, at
 * once if something is known to have changed, and all ten seconds in any case. Load balancers look
 * where their network is and move after it.
 *
 * <p>A network that no manifest names any more stays until the last load balancer in it is gone;
 * then what the agent made is taken away, and of what others made only its addresses.
 */
public final class Networks implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Networks.class);
  private static final Duration GLANCE = Duration.ofMillis(500);
  private static final long LOOK_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int AT_ONCE = 8;

  private final Ip ip;
  private final HostAddresses addresses;
  private final Vxlans vxlans;
  private final Edge edge;
  private final Book book;
  private final Supplier<Role> role;
  private final Optional<String> whyNot;
  private final Semaphore permits = new Semaphore(AT_ONCE);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Map<VpcId, Known> known = new HashMap<>();
  private Set<VpcId> wanted = Set.of();
  private boolean changed;

  /** A network, and what is known of it. The steps of one network never overlap. */
  private static final class Known {
    private VpcNetwork network;
    private Place place = new Place.NotYet("the network of its VPC is being made");
    private Role role = Role.UNKNOWN;
    private boolean announced;
    private boolean due = true;
    private long nextLookNanos = System.nanoTime();

    Known(VpcNetwork network) {
      this.network = network;
    }
  }

  /**
   * Networks.
   *
   * @param role what the node is in its cluster; whoever changes it calls {@link #wake}
   * @param whyNot why this machine cannot have any, if so
   */
  public Networks(
      Ip ip,
      NodeId node,
      Path dataDirectory,
      String edgeNamespace,
      Supplier<Role> role,
      Optional<String> whyNot)
      throws IOException {
    this.ip = ip;
    this.addresses = new HostAddresses(ip);
    this.vxlans = new Vxlans(ip, addresses, node);
    this.edge = new Edge(ip, edgeNamespace);
    this.book = Book.open(dataDirectory);
    this.role = role;
    this.whyNot = whyNot;
    book.networks().forEach(network -> known.put(network.vpc(), new Known(network)));
  }

  /** Forgets what load balancers wanted that are not among those. */
  public void begin(Set<LoadBalancerId> there) {
    lock.lock();
    try {
      book.keep(there);
    } finally {
      lock.unlock();
    }
  }

  /** Has these networks from now on, and lets go of others as soon as nobody lives there. */
  public void want(List<VpcNetwork> networks) {
    lock.lock();
    try {
      Set<VpcId> named = new HashSet<>();
      for (VpcNetwork network : networks) {
        named.add(network.vpc());
        book.put(network);
        Known before = known.get(network.vpc());
        if (before == null) {
          known.put(network.vpc(), new Known(network));
        } else if (!before.network.equals(network)) {
          before.network = network;
          before.due = true;
        }
      }
      wanted = named;
      becomeNews();
    } finally {
      lock.unlock();
    }
  }

  /** Where load balancers of the VPC live. */
  public Place place(VpcId vpc) {
    lock.lock();
    try {
      Known found = known.get(vpc);
      if (found != null) return found.place;
      return new Place.Nowhere(
          whyNot.orElse("the node was not told how its VPC is reached; has the node an address?"));
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a load balancer lives in a network with these addresses. */
  public void use(LoadBalancerId loadBalancer, VpcId vpc, List<IpAddress> there)
      throws IOException {
    lock.lock();
    try {
      Set<IpAddress> before = book.addressesIn(vpc);
      book.put(new Book.Use(loadBalancer, vpc, there));
      book.write();
      if (!before.equals(book.addressesIn(vpc))) markDue(vpc);
    } finally {
      lock.unlock();
    }
  }

  /** A load balancer is gone. */
  public void leave(LoadBalancerId loadBalancer) throws IOException {
    lock.lock();
    try {
      book.remove(loadBalancer);
      book.write();
      known.values().forEach(each -> each.due = true);
      becomeNews();
    } finally {
      lock.unlock();
    }
  }

  private void markDue(VpcId vpc) {
    Known found = known.get(vpc);
    if (found != null) found.due = true;
    becomeNews();
  }

  /** Has everything looked at now: the role of the node may be another one. */
  public void wake() {
    lock.lock();
    try {
      becomeNews();
    } finally {
      lock.unlock();
    }
  }

  private void becomeNews() {
    changed = true;
    news.signalAll();
  }

  /** Works until interrupted. */
  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        step();
        await();
      } catch (InterruptedException e) {
        return;
      } catch (IOException | RuntimeException e) {
        log.error("looking after the networks of VPCs failed", e);
      }
    }
  }

  private void await() throws InterruptedException {
    lock.lock();
    try {
      long nanos = GLANCE.toNanos();
      while (!changed && nanos > 0) nanos = news.awaitNanos(nanos);
    } finally {
      lock.unlock();
    }
  }

  /** Looks at everything that may have changed. */
  public void step() throws IOException, InterruptedException {
    List<Known> due = new ArrayList<>();
    Role now = role.get();
    lock.lock();
    try {
      changed = false;
      for (Known each : known.values()) if (isDue(each, now)) due.add(each);
      book.write();
    } finally {
      lock.unlock();
    }
    List<Thread> looking = new ArrayList<>();
    for (Known each : due) {
      permits.acquire();
      looking.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  look(each, now);
                } finally {
                  permits.release();
                }
              }));
    }
    for (Thread thread : looking) thread.join();
  }

  private boolean isDue(Known each, Role now) {
    long nanos = System.nanoTime();
    boolean moved =
        each.place instanceof Place.In(Namespace namespace)
            && !Namespace.find(namespace.name()).equals(Optional.of(namespace));
    return each.due || moved || each.role != now || nanos - each.nextLookNanos >= 0;
  }

  private void look(Known each, Role now) {
    VpcNetwork network;
    boolean unused;
    Set<IpAddress> vips;
    lock.lock();
    try {
      network = each.network;
      each.due = false;
      unused = !wanted.contains(network.vpc()) && !book.isUsed(network.vpc());
      vips = book.addressesIn(network.vpc());
    } finally {
      lock.unlock();
    }
    Place place;
    try {
      if (unused) {
        letGo(network);
        return;
      }
      place = whyNot.isPresent() ? nowhere(whyNot.get()) : ensured(each, network, vips, now);
    } catch (IOException | RuntimeException e) {
      place = nowhere("" + e.getMessage());
    }
    lock.lock();
    try {
      if (!place.equals(each.place)) log.info("network of {}: {}", network.vpc(), place);
      each.place = place;
      each.role = now;
      boolean well = place instanceof Place.In;
      boolean soon = !well || each.announced;
      each.nextLookNanos = System.nanoTime() + (soon ? RETRY_NANOS : LOOK_NANOS);
    } finally {
      lock.unlock();
    }
  }

  private static Place nowhere(String why) {
    return new Place.Nowhere(why);
  }

  private Place ensured(Known each, VpcNetwork network, Set<IpAddress> vips, Role now)
      throws IOException {
    edge.attach();
    Namespace namespace =
        switch (network.segment()) {
          case Netns segment -> given(segment);
          case Vxlan segment -> vxlans.ensure(segment);
        };
    // What says where the addresses are now may get lost: it is said twice.
    each.announced = putAddresses(namespace, network.segment(), vips, now, each.announced);
    return new Place.In(namespace);
  }

  /** A namespace that somebody else made. */
  private Namespace given(Netns segment) throws IOException {
    Namespace namespace =
        Namespace.find(segment.name())
            .orElseThrow(() ->
                new IOException(
                    "the network namespace '" + segment.name() + "' is not on this node"));
    // A process on a node that has not the addresses now must be able to wait for them.
    ip.set(namespace, Map.of("ip_nonlocal_bind", 1));
    return namespace;
  }

  /** Says whether some of the addresses are new there. */
  private boolean putAddresses(
      Namespace namespace, Segment segment, Set<IpAddress> vips, Role now, boolean again)
      throws IOException {
    String networkInterface =
        switch (segment) {
          case Netns netns -> netns.networkInterface();
          case Vxlan vxlan -> Vxlans.INTERFACE;
        };
    HostAddresses.Seen seen = addresses.look(namespace, networkInterface);
    return switch (now) {
      case PRIMARY, NONE -> {
        if (again) addresses.announce(namespace, networkInterface, seen);
        yield addresses.put(namespace, networkInterface, seen, vips);
      }
      case BACKUP, FAULT -> addresses.put(namespace, networkInterface, seen, Set.of());
      // Whoever has the addresses keeps them until it is known who should.
      case UNKNOWN -> false;
    };
  }

  private void letGo(VpcNetwork network) throws IOException {
    switch (network.segment()) {
      case Netns segment -> {
        Optional<Namespace> namespace = Namespace.find(segment.name());
        if (namespace.isPresent()) {
          putAddresses(namespace.get(), segment, Set.of(), Role.NONE, false);
        }
      }
      case Vxlan segment -> vxlans.remove(segment);
    }
    lock.lock();
    try {
      known.remove(network.vpc());
      book.remove(network.vpc());
      book.write();
    } finally {
      lock.unlock();
    }
  }

  /** Leaves nothing on the machine; for when nothing of the node serves any more. */
  public void removeAll() throws IOException {
    for (VpcNetwork network : book.networks()) {
      try {
        letGo(network);
      } catch (IOException e) {
        log.warn("network of {}: {}", network.vpc(), e.getMessage());
      }
    }
    edge.detach();
  }

  /** The namespaces that load balancers may live in. */
  public List<Namespace> namespaces() {
    return book.networks().stream()
        .map(network ->
            switch (network.segment()) {
              case Netns segment -> segment.name();
              case Vxlan segment -> vxlans.nameOf(segment);
            })
        .flatMap(name -> Namespace.find(name).stream())
        .toList();
  }
}
