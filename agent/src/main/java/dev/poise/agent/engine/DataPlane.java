package dev.poise.agent.engine;

import dev.poise.agent.kernel.Namespace;
import dev.poise.agent.network.Place;
import dev.poise.agent.render.DigestedSpec;
import dev.poise.agent.render.UdpRules;
import dev.poise.spec.Home;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What carries the traffic of one load balancer: HAProxy its TCP and HTTP listeners, the kernel its
 * UDP listeners. A spec is served when both say so; a refusal of either leaves the old of both.
 *
 * <p>Therefore: the kernel is asked first and changed last. Its check says all that its change
 * could say, because it is the same transaction; HAProxy's does not, because ports that are taken
 * come out when it starts. If the change fails nevertheless, HAProxy is brought back to what it
 * served.
 *
 * <p>Counters are no part of that: a node that cannot count serves.
 *
 * <p>All of it is in one network, the node's own or that of a VPC. Before anything is done there it
 * is seen where that is now; a namespace that is another one than before is begun in from nothing.
 *
 * <p>Not safe for use by several threads: a load balancer's worker is the only one that calls.
 */
public final class DataPlane {
  private static final Logger log = LoggerFactory.getLogger(DataPlane.class);
  private static final Duration SHORTLY = Duration.ofMillis(100);
  private static final Place NOT_LOOKED = new Place.NotYet("not looked for yet");

  private final LoadBalancerId id;
  private final Haproxy haproxy;
  private final Dwellings dwellings;
  private final Path directory;
  private Home home = new Home.Node();
  private Place place = NOT_LOOKED;
  private Optional<Udp> udp = Optional.empty();
  private String whyNoUdp = "";
  private String logged = "";

  /**
   * A data plane.
   *
   * @param directory of the load balancer's files
   */
  public DataPlane(LoadBalancerId id, Haproxy haproxy, Dwellings dwellings, Path directory) {
    this.id = id;
    this.haproxy = haproxy;
    this.dwellings = dwellings;
    this.directory = directory;
  }

  /** Takes over what an earlier run of the agent left: processes, and what is in the kernel. */
  public void adopt(Collection<ProcessIdentity> left) throws IOException, InterruptedException {
    haproxy.adopt(left);
    Optional<DigestedSpec> last = haproxy.lastGood();
    if (last.isEmpty()) last = new UdpFile(directory).read().map(UdpFile.Content::spec);
    if (last.isPresent()) settle(last.get().spec().home());
  }

  /** Goes where a home is now; says what keeps it from serving there. */
  private Optional<Applied> settle(Home desired) throws IOException, InterruptedException {
    home = desired;
    Place now = dwellings.place(desired);
    if (!now.equals(place)) {
      place = NOT_LOOKED;
      udp.ifPresent(Udp::release);
      udp = Optional.empty();
      if (now instanceof Place.In(Namespace namespace)) enter(namespace);
      place = now;
    }
    return switch (now) {
      case Place.In in -> Optional.empty();
      case Place.NotYet(String why) -> Optional.of(new Applied.Later(SHORTLY, why));
      case Place.Nowhere(String why) -> Optional.of(new Applied.Refused(why));
    };
  }

  private void enter(Namespace namespace) throws IOException, InterruptedException {
    haproxy.moveTo(namespace, dwellings.binary(namespace));
    switch (dwellings.access(namespace)) {
      case KernelAccess.Granted granted -> {
        Udp entered = new Udp(id, granted, directory);
        entered.adopt();
        udp = Optional.of(entered);
      }
      case KernelAccess.Missing(String why) -> whyNoUdp = why;
    }
  }

  /** Whether the network it lives in is not where it was: what serves is to be made there anew. */
  public boolean hasMoved() {
    return !place.equals(NOT_LOOKED) && !dwellings.place(home).equals(place);
  }

  /** Whether something that should serve does not any more; it is forgotten then. */
  public boolean hasDied() {
    boolean lost = udp.isPresent() && hasLost(udp.get());
    if (lost) udp.get().forget();
    return haproxy.hasDied() || lost;
  }

  private boolean hasLost(Udp rules) {
    try {
      return rules.isLost();
    } catch (IOException e) {
      logOnce("the kernel cannot be asked", e);
      return false;
    }
  }

  /** Serves a spec; if that fails and nothing serves, the last good one. */
  public Applied apply(DigestedSpec desired) throws IOException, InterruptedException {
    Optional<Applied> obstacle = settle(desired.spec().home());
    if (obstacle.isPresent()) return obstacle.get();
    Applied applied = applyHere(desired);
    if (applied instanceof Applied.Done) dwellings.use(desired.spec());
    return applied;
  }

  private Applied applyHere(DigestedSpec desired) throws IOException, InterruptedException {
    Optional<String> refusal = refusal(desired);
    if (refusal.isPresent()) {
      keepLastGoodHere();
      return new Applied.Refused(refusal.get());
    }
    Optional<DigestedSpec> before = haproxy.lastGood();
    Applied applied = haproxy.apply(desired);
    if (applied instanceof Applied.Refused && udp.isPresent()) udp.get().keepLastGood();
    if (!(applied instanceof Applied.Done) || udp.isEmpty()) return applied;
    try {
      udp.get().apply(desired);
    } catch (IOException e) {
      if (!UdpRules.forwards(desired.spec())) {
        logOnce("its packets cannot be counted", e);
        return applied;
      }
      if (before.isPresent()) haproxy.apply(before.get());
      return new Applied.Refused("" + e.getMessage());
    }
    return applied;
  }

  private Optional<String> refusal(DigestedSpec desired) throws IOException {
    if (udp.isPresent()) return udp.get().refusal(desired);
    return UdpRules.forwards(desired.spec()) ? Optional.of(whyNoUdp) : Optional.empty();
  }

  /** Serves the last good spec if nothing serves. */
  public Applied keepLastGood() throws IOException, InterruptedException {
    Optional<Applied> obstacle = settle(home);
    return obstacle.isPresent() ? obstacle.get() : keepLastGoodHere();
  }

  private Applied keepLastGoodHere() throws IOException, InterruptedException {
    if (udp.isPresent()) udp.get().keepLastGood();
    return haproxy.keepLastGood();
  }

  /** The generation of the last good spec, 0 if there is none. */
  public long lastGoodGeneration() throws IOException {
    Optional<DigestedSpec> rules = udp.isPresent() ? udp.get().lastGood() : Optional.empty();
    long inKernel = rules.map(last -> last.spec().generation()).orElse(0L);
    return Math.max(haproxy.lastGoodGeneration(), inKernel);
  }

  /** The spec that was made true last. */
  public Optional<LoadBalancerSpec> served() {
    Optional<LoadBalancerSpec> rules = udp.flatMap(Udp::current).map(DigestedSpec::spec);
    return rules.isPresent() ? rules : haproxy.served();
  }

  /** Gives traffic to the members that are healthy now; says whether anything changed. */
  public boolean followHealth() throws IOException {
    return udp.isPresent() && udp.get().refresh();
  }

  /** Members that wait for their first check: while there are some, reading often pays. */
  public boolean hasUnproven() {
    return haproxy.hasUnproven() || (udp.isPresent() && udp.get().hasUnproven());
  }

  /** How many replaced processes still drain. */
  public int drainingCount() {
    return haproxy.drainingCount();
  }

  /** Asks the processes. */
  public Reading read() throws IOException {
    return haproxy.read();
  }

  /** Asks the kernel. */
  public KernelReading readKernel() {
    if (udp.isEmpty()) return KernelReading.NONE;
    try {
      return udp.get().read(served());
    } catch (IOException e) {
      logOnce("the kernel cannot be asked", e);
      return KernelReading.NONE;
    }
  }

  private void logOnce(String what, IOException e) {
    String line = what + ": " + e.getMessage();
    if (!line.equals(logged)) log.warn("{}: {}", id, line);
    logged = line;
  }

  /** Ends a process that does not answer; it has died then. */
  public void killUnresponsive() throws IOException, InterruptedException {
    haproxy.killUnresponsive();
  }

  /** Leaves nothing: the load balancer is gone. */
  public void remove() throws IOException, InterruptedException {
    settle(home);
    if (udp.isPresent()) udp.get().remove();
    haproxy.remove();
    dwellings.leave(id);
  }

  /** Lets go; what serves goes on serving. */
  public void release() {
    udp.ifPresent(Udp::release);
    haproxy.release();
  }
}
