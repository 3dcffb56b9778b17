package dev.poise.agent.probe;

import dev.poise.agent.render.UdpTarget;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.HealthCheck.Expected;
import dev.poise.spec.LoadBalancerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks members by datagrams, all of a node on one thread.
 *
 * <p>Nothing tells whether a datagram arrived. What can be known is that the member's machine
 * answers "port unreachable", which a connected socket hears; and whether an answer comes, if one
 * is asked for. Without that, silence passes, and a machine that is switched off looks healthy:
 * only an expected answer finds that out. Silence is waited for no longer than a second: an error
 * would have come by then.
 *
 * <p>Each check has a socket of its own, open as long as the check, so an answer that is late
 * cannot be taken for one to a later check. So many are open at most; when more are due they wait,
 * and checks come later than planned rather than not at all.
 */
public final class Prober implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Prober.class);
  private static final int MOST_AT_ONCE = 2000;
  private static final long SILENCE_NANOS = 1_000_000_000L;
  private static final long SPREAD_NANOS = 200_000_000L;
  private static final long LONGEST_SELECT_MILLIS = 200;

  private final InstantSource clock;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocate(65_536);
  private final Set<Flight> flights = new LinkedHashSet<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<LoadBalancerId, Map<UdpTarget, Probe>> watched = new HashMap<>();
  private final PriorityQueue<Probe> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Probe::dueNanos));

  /**
   * Where members are checked from.
   *
   * @param namespace the name of a network namespace; empty for the agent's own
   * @param errors what the kernel there has heard
   */
  public record Site(String namespace, Errors errors) {}

  /** What is known from elsewhere. */
  public interface Errors {
    /** Whether the member told somebody else lately that its port is unreachable. */
    boolean isUnreachable(UdpTarget target);
  }

  private record Flight(Probe probe, DatagramChannel channel, long begun, long deadline) {}

  public Prober(InstantSource clock) throws IOException {
    this.clock = clock;
    this.selector = Selector.open();
  }

  /**
   * Checks these members for a load balancer from now on, and no others.
   *
   * @param healthy those of which that is known from before, if they are not checked already
   */
  public void watch(
      LoadBalancerId id,
      Site site,
      Map<UdpTarget, HealthCheck> targets,
      Collection<UdpTarget> healthy) {
    lock.lock();
    try {
      Map<UdpTarget, Probe> before = watched.getOrDefault(id, Map.of());
      Map<UdpTarget, Probe> now = new HashMap<>();
      targets.forEach((target, check) -> {
        Probe probe = before.get(target);
        boolean same = probe != null && probe.site().namespace().equals(site.namespace());
        if (probe == null || !same) probe = begin(target, site, check, healthy.contains(target));
        else probe.check(check);
        now.put(target, probe);
      });
      before.values().stream().filter(probe -> !now.containsValue(probe)).forEach(Probe::end);
      if (now.isEmpty()) watched.remove(id);
      else watched.put(id, now);
    } finally {
      lock.unlock();
    }
    selector.wakeup();
  }

  private Probe begin(UdpTarget target, Site site, HealthCheck check, boolean healthy) {
    long due = System.nanoTime() + ThreadLocalRandom.current().nextLong(SPREAD_NANOS);
    Probe probe = new Probe(target, site, check, healthy, due, clock.instant());
    waiting.add(probe);
    return probe;
  }

  /** The verdicts on a load balancer's members. */
  public Map<UdpTarget, ProbeVerdict> verdicts(LoadBalancerId id) {
    lock.lock();
    try {
      Map<UdpTarget, ProbeVerdict> verdicts = new HashMap<>();
      watched
          .getOrDefault(id, Map.of())
          .forEach((target, probe) -> verdicts.put(target, probe.verdict()));
      return verdicts;
    } finally {
      lock.unlock();
    }
  }

  /** Checks until interrupted. */
  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted() && selector.isOpen()) {
      try {
        step();
      } catch (IOException | RuntimeException e) {
        log.error("checking by datagrams failed", e);
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Begins what is due, takes what came, ends what took too long. */
  void step() throws IOException {
    for (Probe probe : due()) begin(probe);
    if (selector.select(untilNext()) > 0) {
      Set<SelectionKey> keys = selector.selectedKeys();
      for (SelectionKey key : keys) {
        if (key.attachment() instanceof Flight flight) receive(flight);
      }
      keys.clear();
    }
    long now = System.nanoTime();
    List<Flight> late = flights.stream().filter(flight -> now - flight.deadline() >= 0).toList();
    for (Flight flight : late) giveUp(flight);
  }

  private List<Probe> due() {
    List<Probe> due = new ArrayList<>();
    long now = System.nanoTime();
    lock.lock();
    try {
      while (flights.size() + due.size() < MOST_AT_ONCE) {
        Probe next = waiting.peek();
        if (next == null || now - next.dueNanos() < 0) break;
        waiting.remove();
        if (next.hasEnded()) continue;
        next.begin(now);
        due.add(next);
      }
    } finally {
      lock.unlock();
    }
    return due;
  }

  private long untilNext() {
    long now = System.nanoTime();
    long wait = LONGEST_SELECT_MILLIS * 1_000_000;
    for (Flight flight : flights) wait = Math.min(wait, flight.deadline() - now);
    lock.lock();
    try {
      Probe next = waiting.peek();
      boolean mayBegin = flights.size() < MOST_AT_ONCE;
      if (next != null && mayBegin) wait = Math.min(wait, next.dueNanos() - now);
    } finally {
      lock.unlock();
    }
    return Math.max(1, wait / 1_000_000 + 1);
  }

  private void begin(Probe probe) {
    long now = System.nanoTime();
    DatagramChannel channel = null;
    try {
      Site site = probe.site();
      channel = open(site);
      channel.configureBlocking(false);
      UdpTarget target = probe.target();
      SocketAddress member = new InetSocketAddress(target.address().text(), target.port());
      byte[] request = request(probe.check());
      if (request.length > 0) {
        channel.connect(member);
        channel.write(ByteBuffer.wrap(request));
      } else {
        connectAndSendNothing(site, channel, member);
      }
      Flight flight = new Flight(probe, channel, now, now + patienceNanos(probe.check()));
      channel.register(selector, SelectionKey.OP_READ, flight);
      flights.add(flight);
    } catch (IOException e) {
      close(channel);
      finish(probe, false, words(e), now);
    }
  }

  private static DatagramChannel open(Site site) throws IOException {
    return site.namespace().isEmpty()
        ? DatagramChannel.open(StandardProtocolFamily.INET)
        : ElsewhereSocket.open(site.namespace());
  }

  /**
   * Sends an empty datagram. A connected channel takes it for nothing to do, and one that is not
   * connected hears no errors; so one of each kind share a port. The kernel gives what comes back
   * to the connected one, which it matches better.
   */
  private static void connectAndSendNothing(
      Site site, DatagramChannel channel, SocketAddress member) throws IOException {
    channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    channel.bind(null);
    SocketAddress own = channel.getLocalAddress();
    channel.connect(member);
    try (DatagramChannel sender = open(site)) {
      sender.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      sender.bind(own);
      sender.send(ByteBuffer.allocate(0), member);
    }
  }

  private static byte[] request(HealthCheck check) {
    return switch (check) {
      case HealthCheck.Udp udp -> udp.request().bytes();
      case HealthCheck.Port port -> new byte[0];
      case HealthCheck.Http http -> new byte[0];
    };
  }

  private static Expected expected(HealthCheck check) {
    return check instanceof HealthCheck.Udp udp ? udp.expected() : new Expected.Nothing();
  }

  private static long patienceNanos(HealthCheck check) {
    long timeout = check.timing().timeoutSeconds() * 1_000_000_000L;
    return switch (expected(check)) {
      case Expected.Nothing() -> Math.min(timeout, SILENCE_NANOS);
      case Expected.AnyAnswer() -> timeout;
      case Expected.BeginsWith begin -> timeout;
    };
  }

  private void receive(Flight flight) {
    try {
      buffer.clear();
      flight.channel().read(buffer);
      byte[] answer = Arrays.copyOf(buffer.array(), buffer.position());
      boolean right = isExpected(flight.probe().check(), answer);
      end(flight, right, right ? "answered" : "the answer does not begin as expected");
    } catch (PortUnreachableException e) {
      end(flight, false, "port unreachable");
    } catch (IOException e) {
      end(flight, false, words(e));
    }
  }

  private static boolean isExpected(HealthCheck check, byte[] answer) {
    return switch (expected(check)) {
      case Expected.Nothing() -> true;
      case Expected.AnyAnswer() -> true;
      case Expected.BeginsWith(var datagram) -> {
        byte[] begin = datagram.bytes();
        yield answer.length >= begin.length
            && Arrays.equals(begin, Arrays.copyOf(answer, begin.length));
      }
    };
  }

  private void giveUp(Flight flight) {
    HealthCheck check = flight.probe().check();
    boolean silenceIsGood = expected(check) instanceof Expected.Nothing;
    if (!silenceIsGood) {
      end(flight, false, "no answer within " + check.timing().timeoutSeconds() + " s");
    } else if (flight.probe().site().errors().isUnreachable(flight.probe().target())) {
      end(flight, false, "port unreachable, as it told clients");
    } else {
      end(flight, true, "no error came back");
    }
  }

  private void end(Flight flight, boolean passed, String reason) {
    flights.remove(flight);
    close(flight.channel());
    finish(flight.probe(), passed, reason, flight.begun());
  }

  private void finish(Probe probe, boolean passed, String reason, long begun) {
    long millis = (System.nanoTime() - begun) / 1_000_000;
    lock.lock();
    try {
      probe.finish(passed, reason, millis, clock.instant());
      if (!probe.hasEnded()) waiting.add(probe);
    } finally {
      lock.unlock();
    }
  }

  private static String words(IOException e) {
    String message = e.getMessage();
    return message == null ? "it cannot be sent to" : message.toLowerCase(Locale.ROOT);
  }

  private static void close(@Nullable DatagramChannel channel) {
    if (channel == null) return;
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing the socket of a check failed", e);
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
    for (Flight flight : flights) close(flight.channel());
  }
}
