package dev.poise.agent.render;

import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.Sources;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the nftables transaction that makes a load balancer's UDP listeners what a spec says.
 *
 * <p>There is one table for each load balancer, named by its id, and in it one chain for each
 * listener, named by its id. All base chains are of type nat, which see only the first datagram of
 * a session: there the client is let in or not, counted against the limit, and given a member. From
 * then on the kernel's connection tracking keeps the session with its member, whatever happens to
 * the rules; so a change of the rules moves no session.
 *
 * <p>A table is changed in place, never replaced, because what stands beside the rules must outlive
 * them: the counters, the sessions counted against a limit, and the time-outs. A live session
 * refers to the time-out it began with, so these are named by their seconds and stay until the
 * table goes. What a change leaves without use is deleted by name, which is why the spec before has
 * to be known. When it is not, the table is replaced after all.
 *
 * <p>A listener that has no member to give leaves a datagram as it is. So it comes to the address
 * of the load balancer on this node, where {@link NodeRules} answers "port unreachable".
 *
 * <p>The generation stands in the comment of a rule that nothing ever reaches.
 */
public final class UdpRules {
  /** The chain whose one rule has generation and digest as its comment. */
  public static final String GENERATION_CHAIN = "generation";

  /** What the name of the counter of sessions begun ends with, behind the listener's id. */
  public static final String BEGUN = "_begun";

  /** What the name of the counter of datagrams refused ends with, behind the listener's id. */
  public static final String REFUSED = "_refused";

  /** What a session without an answer may last at most, in seconds. */
  private static final int LONGEST_UNREPLIED = 30;

  private static final String SEED = "0x706f6973";

  private final StringBuilder text = new StringBuilder();
  private final LoadBalancerSpec spec;
  private final Predicate<UdpTarget> healthy;
  private final String table;

  private UdpRules(LoadBalancerSpec spec, Predicate<UdpTarget> healthy) {
    this.spec = spec;
    this.healthy = healthy;
    table = tableOf(spec.id());
  }

  /** The name of a load balancer's table. */
  public static String tableOf(LoadBalancerId id) {
    return id.text();
  }

  /** The name of the counter of sessions begun with a member. */
  public static String givenCounter(IpAddress address, int port) {
    return "to_" + address + "_" + port;
  }

  /** Whether there is anything to forward. */
  public static boolean forwards(LoadBalancerSpec spec) {
    return !spec.vips().isEmpty() && !listenersOf(spec).isEmpty();
  }

  /** The listeners that speak UDP. */
  public static List<ListenerSpec> listenersOf(LoadBalancerSpec spec) {
    return spec.listeners().stream()
        .filter(listener -> listener.protocol() instanceof Protocol.Udp)
        .toList();
  }

  /** The pool of a listener. */
  public static PoolSpec poolOf(LoadBalancerSpec spec, ListenerSpec listener) throws Unrenderable {
    for (PoolSpec pool : spec.pools()) {
      if (pool.id().equals(listener.defaultPool())) return pool;
    }
    throw new Unrenderable(
        "listener %s sends to %s, which the spec does not describe"
            .formatted(listener.id(), listener.defaultPool()));
  }

  /**
   * The transaction.
   *
   * @param healthy whose sessions may begin; asked only about enabled members
   * @param before the spec the table was made from, if it is there and that is known
   * @throws Unrenderable if a UDP listener has what only others can have
   */
  public static String transaction(
      DigestedSpec desired, Predicate<UdpTarget> healthy, Optional<LoadBalancerSpec> before)
      throws Unrenderable {
    UdpRules rules = new UdpRules(desired.spec(), healthy);
    rules.line("add table ip " + rules.table);
    if (before.isEmpty()) {
      rules.line("delete table ip " + rules.table);
      rules.line("add table ip " + rules.table);
    }
    rules.declare();
    rules.clear(before);
    rules.generation(desired);
    for (ListenerSpec listener : listenersOf(desired.spec())) rules.listener(listener);
    rules.hooks();
    return rules.text.toString();
  }

  /** The transaction that leaves nothing. */
  public static String removal(LoadBalancerId id) {
    String table = tableOf(id);
    return "add table ip %s\ndelete table ip %s\n".formatted(table, table);
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void add(String kind, String name, String body) {
    line("add " + kind + " ip " + table + " " + name + (body.isEmpty() ? "" : " " + body));
  }

  private void rule(String chain, String rule) {
    add("rule", chain, rule);
  }

  private void declare() throws Unrenderable {
    add("ct timeout", "refused", timeout(1, 1));
    for (ListenerSpec listener : listenersOf(spec)) {
      int idle = idleSeconds(listener);
      add("ct timeout", "idle_" + idle, timeout(Math.min(idle, LONGEST_UNREPLIED), idle));
    }
    for (String counter : counters(spec)) add("counter", counter, "");
    for (String set : sourceSets(spec)) add("set", set, "{ type ipv4_addr; flags interval; }");
    for (String set : limitSets(spec)) {
      add("set", set, "{ type inet_service; size 8; flags dynamic; }");
    }
    add("map", "listeners", "{ type ipv4_addr . inet_service : verdict; }");
    add("map", "given", "{ type ipv4_addr . inet_service : counter; }");
    add("chain", GENERATION_CHAIN, "");
    for (String chain : chains(spec)) add("chain", chain, "");
    add("chain", "prerouting", "{ type nat hook prerouting priority -100; policy accept; }");
    add("chain", "output", "{ type nat hook output priority -100; policy accept; }");
    add("chain", "input", "{ type nat hook input priority 100; policy accept; }");
    add("chain", "postrouting", "{ type nat hook postrouting priority 100; policy accept; }");
  }

  private static String timeout(int unreplied, int replied) {
    return "{ protocol udp; l3proto ip; policy = { unreplied : %d, replied : %d }; }"
        .formatted(unreplied, replied);
  }

  private static int idleSeconds(ListenerSpec listener) throws Unrenderable {
    if (listener.protocol() instanceof Protocol.Udp(int seconds)) return seconds;
    throw new Unrenderable("listener " + listener.id() + " does not speak UDP");
  }

  /** Empties everything that is written anew, then deletes what has no use any more. */
  private void clear(Optional<LoadBalancerSpec> before) {
    for (String chain : List.of("prerouting", "output", "input", "postrouting")) flush(chain);
    flush(GENERATION_CHAIN);
    chains(spec).forEach(this::flush);
    if (before.isPresent()) without(chains(before.get()), chains(spec)).forEach(this::flush);
    line("flush map ip " + table + " listeners");
    line("flush map ip " + table + " given");
    for (String set : sourceSets(spec)) line("flush set ip " + table + " " + set);
    before.ifPresent(this::deleteUnused);
  }

  private void flush(String chain) {
    line("flush chain ip " + table + " " + chain);
  }

  private void deleteUnused(LoadBalancerSpec before) {
    delete("chain", without(chains(before), chains(spec)));
    delete("set", without(sourceSets(before), sourceSets(spec)));
    delete("set", without(limitSets(before), limitSets(spec)));
    delete("counter", without(counters(before), counters(spec)));
  }

  private void delete(String kind, List<String> names) {
    for (String name : names) line("delete " + kind + " ip " + table + " " + name);
  }

  private static List<String> without(List<String> names, List<String> others) {
    return names.stream().filter(name -> !others.contains(name)).toList();
  }

  private static List<String> chains(LoadBalancerSpec spec) {
    return listenersOf(spec).stream().map(listener -> listener.id().text()).toList();
  }

  private static List<String> sourceSets(LoadBalancerSpec spec) {
    return listenersOf(spec).stream()
        .filter(listener -> listener.sources() instanceof Sources.Only)
        .map(UdpRules::sourceSet)
        .toList();
  }

  private static String sourceSet(ListenerSpec listener) {
    return listener.id() + "_sources";
  }

  private static List<String> limitSets(LoadBalancerSpec spec) {
    return listenersOf(spec).stream().flatMap(listener -> limitSet(listener).stream()).toList();
  }

  /** The kernel keeps the limit with what it counted, so another limit is another set. */
  private static Optional<String> limitSet(ListenerSpec listener) {
    return switch (listener.connectionLimit()) {
      case ConnectionLimit.Unlimited() -> Optional.empty();
      case ConnectionLimit.AtMost(int sessions) ->
          Optional.of(listener.id() + "_at_most_" + sessions);
    };
  }

  private static List<String> counters(LoadBalancerSpec spec) {
    Stream<String> own =
        listenersOf(spec).stream()
            .flatMap(listener -> Stream.of(listener.id() + BEGUN, listener.id() + REFUSED));
    Stream<String> given =
        membersOf(spec).stream().map(member -> givenCounter(member.address(), member.port()));
    return Stream.concat(own, given).distinct().toList();
  }

  private static List<MemberSpec> membersOf(LoadBalancerSpec spec) {
    List<ListenerSpec> listeners = listenersOf(spec);
    return spec.pools().stream()
        .filter(pool -> listeners.stream().anyMatch(each -> each.defaultPool().equals(pool.id())))
        .flatMap(pool -> pool.members().stream())
        .toList();
  }

  private void generation(DigestedSpec desired) throws Unrenderable {
    String digest = desired.digest();
    if (!digest.matches("[0-9a-z]{1,64}")) throw new Unrenderable("not a digest");
    rule(GENERATION_CHAIN, "return comment \"" + spec.generation() + " " + digest + "\"");
  }

  private void listener(ListenerSpec listener) throws Unrenderable {
    String chain = listener.id().text();
    for (IpAddress vip : spec.vips()) {
      add("element", "listeners", "{ " + vip + " . " + listener.port() + " : goto " + chain + " }");
    }
    switch (listener.sources()) {
      case Sources.Anyone() -> {}
      case Sources.Only only -> sources(listener, only);
    }
    String refused = "counter name " + listener.id() + REFUSED;
    List<MemberSpec> slots = slots(listener);
    if (slots.isEmpty()) {
      // Forgotten after a second, so that the client's next datagram gets a member if there is one.
      rule(chain, refused + " ct timeout set \"refused\" accept");
      return;
    }
    switch (listener.connectionLimit()) {
      case ConnectionLimit.Unlimited() -> {}
      case ConnectionLimit.AtMost(int sessions) -> {
        String count = "add @" + listener.id() + "_at_most_" + sessions;
        rule(
            chain,
            "%s { udp dport ct count over %d } %s reject with icmp type port-unreachable"
                .formatted(count, sessions, refused));
      }
    }
    rule(chain, "counter name " + listener.id() + BEGUN);
    rule(chain, "ct timeout set \"idle_" + idleSeconds(listener) + "\"");
    rule(chain, "meta l4proto udp dnat ip to " + choice(listener, slots));
  }

  private void sources(ListenerSpec listener, Sources.Only only) {
    if (!only.ranges().isEmpty()) {
      String ranges =
          only.ranges().stream().map(range -> range.text()).collect(Collectors.joining(", "));
      add("element", sourceSet(listener), "{ " + ranges + " }");
    }
    rule(listener.id().text(), "ip saddr != @" + sourceSet(listener) + " drop");
  }

  private List<MemberSpec> slots(ListenerSpec listener) throws Unrenderable {
    PoolSpec pool = poolOf(spec, listener);
    boolean bySource = isBySource(pool);
    UdpTarget.refuseOtherChecks(pool);
    List<MemberSpec> members =
        pool.members().stream()
            .filter(member -> member.mode() == MemberMode.ENABLED && member.weight() > 0)
            .filter(member -> healthy.test(UdpTarget.of(pool, member)))
            .toList();
    if (members.isEmpty()) return List.of();
    return bySource ? Slots.bySource(members, pool.members().size()) : Slots.inTurn(members);
  }

  private static boolean isBySource(PoolSpec pool) throws Unrenderable {
    boolean persistent =
        switch (pool.persistence()) {
          case Persistence.Off() -> false;
          case Persistence.SourceIp() -> true;
          case Persistence.Cookie cookie ->
              throw new Unrenderable("persistence by cookie is for HTTP listeners");
        };
    return switch (pool.algorithm()) {
      case WEIGHTED_ROUND_ROBIN -> persistent;
      case SOURCE_IP -> true;
      case LEAST_CONNECTIONS ->
          throw new Unrenderable("UDP listeners cannot choose the member with the fewest sessions");
    };
  }

  private String choice(ListenerSpec listener, List<MemberSpec> slots) throws Unrenderable {
    if (slots.size() == 1) {
      return slots.getFirst().address() + ":" + slots.getFirst().port();
    }
    StringBuilder map = new StringBuilder();
    for (int i = 0; i < slots.size(); i++) {
      if (i > 0) map.append(", ");
      map.append(i).append(" : ").append(slots.get(i).address());
      map.append(" . ").append(slots.get(i).port());
    }
    String key =
        isBySource(poolOf(spec, listener))
            ? "jhash ip saddr mod " + slots.size() + " seed " + SEED
            : "numgen inc mod " + slots.size();
    return key + " map { " + map + " }";
  }

  private void hooks() {
    String choose = "ip daddr . udp dport vmap @listeners";
    rule("prerouting", choose);
    rule("output", choose);
    String vips = spec.vips().stream().map(IpAddress::text).collect(Collectors.joining(", "));
    String ours = "meta l4proto udp ct status dnat ct original ip daddr { " + vips + " }";
    List<MemberSpec> members = membersOf(spec);
    members.stream()
        .map(member ->
            "%s . %d : \"%s\""
                .formatted(
                    member.address(), member.port(), givenCounter(member.address(), member.port())))
        .distinct()
        .forEach(element -> add("element", "given", "{ " + element + " }"));
    String given = ours + " counter name ip daddr . udp dport map @given";
    rule("input", given);
    rule("postrouting", given);
    // Answers must come back through this node; from this machine they do anyway.
    rule("postrouting", ours + " oifname != \"lo\" masquerade");
  }
}
