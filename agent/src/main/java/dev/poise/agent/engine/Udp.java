package dev.poise.agent.engine;

import dev.poise.agent.kernel.Flow;
import dev.poise.agent.kernel.Kernel;
import dev.poise.agent.kernel.Sessions;
import dev.poise.agent.kernel.Traffic;
import dev.poise.agent.probe.ProbeVerdict;
import dev.poise.agent.probe.Prober;
import dev.poise.agent.render.DigestedSpec;
import dev.poise.agent.render.NodeRules.Element;
import dev.poise.agent.render.UdpRules;
import dev.poise.agent.render.UdpTarget;
import dev.poise.agent.render.Unrenderable;
import dev.poise.spec.AddressRange;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberReport.Health;
import dev.poise.spec.Sources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's part of one load balancer: its UDP listeners, and the counters of all its listeners.
 *
 * <p>The rules follow from the spec and from which members are healthy. When a verdict changes they
 * are written anew for the same generation; it counts as known, and is reported, from then on. A
 * change of rules moves no session; sessions end early only here, and only when they have to: their
 * member is down or deleted, their listener is deleted, their client is not let in any more. First
 * the rules, then the sessions, or a client could begin the next one by the old rules. One datagram
 * that was on its way may still do that, so every reading looks for sessions that should not be,
 * which also does what an agent left undone that was killed.
 *
 * <p>A member that is disabled or drained keeps its sessions until they are idle.
 *
 * <p>An agent that starts asks the kernel which generation it has. If that is what the file says,
 * it goes on from there: the rules stay as they are until a verdict changes.
 */
final class Udp {
  private final LoadBalancerId id;
  private final Kernel kernel;
  private final PacketCounts counts;
  private final Prober prober;
  private final Prober.Site site;
  private final UdpFile file;
  private @Nullable DigestedSpec current;
  private Map<UdpTarget, ProbeVerdict> verdicts = Map.of();
  private Set<UdpTarget> chosen = Set.of();
  private OptionalLong generation = OptionalLong.empty();
  private long madeNanos = System.nanoTime();

  Udp(LoadBalancerId id, KernelAccess.Granted access, Path directory) {
    this.id = id;
    this.kernel = access.kernel();
    this.counts = new PacketCounts(id, kernel, access.edge());
    this.prober = access.prober();
    this.site = access.site();
    this.file = new UdpFile(directory);
  }

  /** Takes over what an earlier run of the agent left in the kernel. */
  void adopt() throws IOException {
    Optional<UdpFile.Content> last = file.read();
    if (last.isEmpty()) return;
    DigestedSpec spec = last.get().spec();
    watch(spec.spec(), last.get().healthy());
    Optional<String> said = kernel.comment(UdpRules.tableOf(id), UdpRules.GENERATION_CHAIN);
    if (!said.equals(Optional.of(spec.spec().generation() + " " + spec.digest()))) return;
    current = spec;
    chosen = Set.copyOf(last.get().healthy());
    generation = OptionalLong.of(spec.spec().generation());
  }

  /** What was brought to the kernel last. */
  Optional<DigestedSpec> current() {
    return Optional.ofNullable(current);
  }

  /** The last good spec, if it has UDP listeners. */
  Optional<DigestedSpec> lastGood() throws IOException {
    return file.read().map(UdpFile.Content::spec);
  }

  /** Whether somebody else took the rules away. */
  boolean isLost() throws IOException {
    return current != null && kernel.isGone(id, madeNanos);
  }

  /** The rules are to be made from nothing. */
  void forget() {
    current = null;
    generation = OptionalLong.empty();
  }

  /** Whether some members wait for their first check. */
  boolean hasUnproven() {
    return verdicts.values().stream().anyMatch(verdict -> verdict.health() == Health.UNKNOWN);
  }

  /** Why the kernel could not be brought to a spec. */
  Optional<String> refusal(DigestedSpec desired) throws IOException {
    if (!UdpRules.forwards(desired.spec()) || desired.equals(current)) return Optional.empty();
    Optional<String> forwarding = kernel.forwardingRefusal(memberAddresses(desired.spec()));
    if (forwarding.isPresent()) return forwarding;
    try {
      // With all members in it: what is refused does not depend on health.
      return kernel.refusal(UdpRules.transaction(desired, any -> true, before()));
    } catch (Unrenderable e) {
      return Optional.of(e.why());
    }
  }

  private static List<IpAddress> memberAddresses(LoadBalancerSpec spec) {
    return targets(spec).keySet().stream().map(UdpTarget::address).toList();
  }

  private Optional<LoadBalancerSpec> before() {
    return current().map(DigestedSpec::spec);
  }

  /** Brings the kernel to a spec that it did not refuse. */
  void apply(DigestedSpec desired) throws IOException {
    if (!UdpRules.forwards(desired.spec())) {
      removeRules();
    } else if (!desired.equals(current)) {
      watch(desired.spec(), List.of());
      commit(desired);
    }
    counts.put(desired.spec());
  }

  /** Makes the rules again, if the last good ones are not in the kernel. */
  void keepLastGood() throws IOException {
    Optional<UdpFile.Content> last = file.read();
    if (current != null || last.isEmpty()) return;
    watch(last.get().spec().spec(), last.get().healthy());
    commit(last.get().spec());
    counts.put(last.get().spec().spec());
  }

  /** Writes the rules anew if verdicts changed; says whether they did. */
  boolean refresh() throws IOException {
    DigestedSpec spec = current;
    verdicts = prober.verdicts(id);
    if (spec == null || healthy().equals(chosen)) return false;
    commit(spec);
    return true;
  }

  private void watch(LoadBalancerSpec spec, Collection<UdpTarget> healthy) {
    prober.watch(id, site, targets(spec), healthy);
    verdicts = prober.verdicts(id);
  }

  private void commit(DigestedSpec desired) throws IOException {
    Set<UdpTarget> healthy = healthy();
    Set<Flow> before = current == null ? Set.of() : flows(current.spec(), Map.of());
    try {
      kernel.commit(UdpRules.transaction(desired, healthy::contains, before()));
    } catch (Unrenderable e) {
      throw new IOException(e.why(), e);
    }
    madeNanos = System.nanoTime();
    file.write(desired, healthy);
    Set<Flow> lost = new HashSet<>(before);
    lost.removeAll(flows(desired.spec(), verdicts));
    lost.addAll(newlyServed(desired.spec(), healthy));
    current = desired;
    chosen = healthy;
    generation = said(desired);
    kernel.end(lost);
    kernel.forgetSessions();
  }

  private OptionalLong said(DigestedSpec desired) throws IOException {
    String expected = desired.spec().generation() + " " + desired.digest();
    Optional<String> said = kernel.comment(UdpRules.tableOf(id), UdpRules.GENERATION_CHAIN);
    if (!said.equals(Optional.of(expected))) {
      throw new IOException("the kernel does not say that it has generation " + expected);
    }
    return OptionalLong.of(desired.spec().generation());
  }

  private Set<UdpTarget> healthy() {
    return verdicts.entrySet().stream()
        .filter(each -> each.getValue().health() == Health.HEALTHY)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** The flows that may have sessions: those of all members that are not down. */
  private static Set<Flow> flows(LoadBalancerSpec spec, Map<UdpTarget, ProbeVerdict> verdicts) {
    Set<Flow> flows = new HashSet<>();
    for (ListenerSpec listener : UdpRules.listenersOf(spec)) {
      poolMembers(spec, listener).stream()
          .filter(target -> !isDown(verdicts.get(target)))
          .forEach(target -> {
            for (IpAddress vip : spec.vips()) {
              flows.add(new Flow(vip, listener.port(), target.address(), target.port()));
            }
          });
    }
    return flows;
  }

  private static boolean isDown(@Nullable ProbeVerdict verdict) {
    return verdict != null && verdict.health() == Health.UNHEALTHY;
  }

  private static List<UdpTarget> poolMembers(LoadBalancerSpec spec, ListenerSpec listener) {
    return spec.pools().stream()
        .filter(pool -> pool.id().equals(listener.defaultPool()))
        .flatMap(pool -> pool.members().stream().map(member -> UdpTarget.of(pool, member)))
        .toList();
  }

  /** Clients that had no member until now, and are remembered as such, shall get one. */
  private Set<Flow> newlyServed(LoadBalancerSpec spec, Set<UdpTarget> healthy) {
    Set<Flow> unserved = new HashSet<>();
    for (ListenerSpec listener : UdpRules.listenersOf(spec)) {
      List<UdpTarget> members = poolMembers(spec, listener);
      boolean before = current != null && members.stream().anyMatch(chosen::contains);
      if (before || members.stream().noneMatch(healthy::contains)) continue;
      for (IpAddress vip : spec.vips()) unserved.add(Flow.unserved(vip, listener.port()));
    }
    return unserved;
  }

  /** The members to be checked. */
  private static Map<UdpTarget, HealthCheck> targets(LoadBalancerSpec spec) {
    Map<UdpTarget, HealthCheck> targets = new HashMap<>();
    for (ListenerSpec listener : UdpRules.listenersOf(spec)) {
      spec.pools().stream()
          .filter(pool -> pool.id().equals(listener.defaultPool()))
          .forEach(pool ->
              pool.members().stream()
                  .filter(member -> member.mode() != MemberMode.DISABLED)
                  .forEach(member -> targets.put(UdpTarget.of(pool, member), pool.healthCheck())));
    }
    return targets;
  }

  /** Looks at everything; ends sessions that should not be. */
  KernelReading read(Optional<LoadBalancerSpec> served) throws IOException {
    Map<Element, Traffic> traffic = served.isPresent() ? counts.read(served.get()) : Map.of();
    DigestedSpec spec = current;
    if (spec == null) {
      return new KernelReading(generation, traffic, Map.of(), Map.of(), Map.of(), verdicts);
    }
    Sessions sessions = kernel.sessions();
    endStrays(spec.spec(), sessions);
    Map<ListenerId, Long> byListener = new HashMap<>();
    Map<KernelReading.Destination, Long> byMember = new HashMap<>();
    for (Flow flow : sessions.flows()) {
      Optional<ListenerSpec> listener = listenerOf(spec.spec(), flow);
      if (listener.isEmpty()) continue;
      long count = sessions.count(flow);
      byListener.merge(listener.get().id(), count, Long::sum);
      byMember.merge(
          new KernelReading.Destination(flow.member(), flow.memberPort()), count, Long::sum);
    }
    return new KernelReading(
        generation, traffic, kernel.countersOf(id), byListener, byMember, verdicts);
  }

  private static Optional<ListenerSpec> listenerOf(LoadBalancerSpec spec, Flow flow) {
    if (!spec.vips().contains(flow.vip())) return Optional.empty();
    return UdpRules.listenersOf(spec).stream()
        .filter(listener -> listener.port() == flow.port())
        .findFirst();
  }

  private void endStrays(LoadBalancerSpec spec, Sessions sessions) throws IOException {
    Set<Flow> right = flows(spec, verdicts);
    Set<Flow> strays = new HashSet<>();
    for (Flow flow : sessions.flows()) {
      if (!spec.vips().contains(flow.vip())) continue;
      Optional<ListenerSpec> listener = listenerOf(spec, flow);
      if (!right.contains(flow)) {
        strays.add(flow);
      } else if (listener.isPresent() && listener.get().sources() instanceof Sources.Only only) {
        kernel.end(flow, notAmong(only.ranges(), sessions.clients(flow)));
      }
    }
    kernel.end(strays);
  }

  private static List<IpAddress> notAmong(
      List<AddressRange> ranges, Collection<IpAddress> clients) {
    return clients.stream()
        .filter(client -> ranges.stream().noneMatch(range -> range.contains(client)))
        .toList();
  }

  private void removeRules() throws IOException {
    prober.watch(id, site, Map.of(), List.of());
    verdicts = Map.of();
    Optional<LoadBalancerSpec> known = lastGood().map(DigestedSpec::spec);
    Set<Flow> flows = before().or(() -> known).map(spec -> flows(spec, Map.of())).orElse(Set.of());
    boolean there = current != null || known.isPresent();
    if (!there) return;
    kernel.commit(UdpRules.removal(id));
    kernel.end(flows);
    file.delete();
    current = null;
    chosen = Set.of();
    generation = OptionalLong.empty();
  }

  /** Leaves nothing. */
  void remove() throws IOException {
    removeRules();
    counts.clear();
  }

  /** Stops checking; the kernel goes on. */
  void release() {
    prober.watch(id, site, Map.of(), List.of());
  }
}
