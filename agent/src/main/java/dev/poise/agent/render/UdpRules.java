package dev.poise.agent.render;

import dev.poise.spec.AddressRange;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

  private final Text text = new Text();
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
    if (!Homes.atEdge(desired.spec()).isEmpty()) {
      throw new Unrenderable(
          "the kernel cannot forward datagrams from the node's network into a VPC's own");
    }
    UdpRules rules = new UdpRules(desired.spec(), healthy);
    rules.begin(before);
    rules.text.line("table ip " + rules.table + " {");
    rules.declare();
    rules.generation(desired);
    for (ListenerSpec listener : listenersOf(desired.spec())) rules.listener(listener);
    rules.hooks();
    rules.text.line("}");
    before.ifPresent(rules::deleteUnused);
    return rules.text.toString();
  }

  /** The transaction that leaves nothing. */
  public static String removal(LoadBalancerId id) {
    String table = tableOf(id);
    return "add table ip %s\ndelete table ip %s\n".formatted(table, table);
  }

  /** Empties everything that is written anew; the sets of sessions counted are not. */
  private void begin(Optional<LoadBalancerSpec> before) {
    text.line("add table ip " + table);
    if (before.isEmpty()) {
      text.line("delete table ip " + table);
      text.line("add table ip " + table);
      return;
    }
    text.line("flush table ip " + table);
    text.line("flush map ip " + table + " listeners");
    text.line("flush map ip " + table + " given");
    for (String set : sourceSets(before.get())) text.line("flush set ip " + table + " " + set);
  }

  private void declare() throws Unrenderable {
    text.block("ct timeout refused", timeout(1, 1));
    Set<Integer> idle = new TreeSet<>();
    for (ListenerSpec listener : listenersOf(spec)) idle.add(idleSeconds(listener));
    for (int seconds : idle) {
      text.block("ct timeout idle_" + seconds, timeout(unrepliedSeconds(seconds), seconds));
    }
    for (String counter : counters(spec)) text.block("counter " + counter, List.of());
    for (String set : limitSets(spec)) {
      text.block("set " + set, List.of("type inet_service", "size 8", "flags dynamic"));
    }
  }

  private static int unrepliedSeconds(int idle) {
    return Math.min(idle, LONGEST_UNREPLIED);
  }

  private static List<String> timeout(int unreplied, int replied) {
    String policy = "policy = { unreplied : %d, replied : %d }".formatted(unreplied, replied);
    return List.of("protocol udp", "l3proto ip", policy);
  }

  private static int idleSeconds(ListenerSpec listener) throws Unrenderable {
    if (listener.protocol() instanceof Protocol.Udp(int seconds)) return seconds;
    throw new Unrenderable("listener " + listener.id() + " does not speak UDP");
  }

  private void deleteUnused(LoadBalancerSpec before) {
    delete("chain", without(chains(before), chains(spec)));
    delete("set", without(sourceSets(before), sourceSets(spec)));
    delete("set", without(limitSets(before), limitSets(spec)));
    delete("counter", without(counters(before), counters(spec)));
  }

  private void delete(String kind, List<String> names) {
    for (String name : names) text.line("delete " + kind + " ip " + table + " " + name);
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
    String comment = "return comment \"" + spec.generation() + " " + digest + "\"";
    text.block("chain " + GENERATION_CHAIN, List.of(comment));
  }

  private void listener(ListenerSpec listener) throws Unrenderable {
    List<String> rules = new ArrayList<>();
    switch (listener.sources()) {
      case Sources.Anyone() -> {}
      case Sources.Only only -> {
        text.block("set " + sourceSet(listener), sources(only));
        rules.add("ip saddr != @" + sourceSet(listener) + " drop");
      }
    }
    String refused = "counter name " + listener.id() + REFUSED;
    List<MemberSpec> slots = slots(listener);
    if (slots.isEmpty()) {
      // Forgotten after a second, so that the client's next datagram gets a member if there is one.
      rules.add(refused + " ct timeout set \"refused\" accept");
    } else {
      limit(listener, refused).ifPresent(rules::add);
      rules.add("counter name " + listener.id() + BEGUN);
      rules.add("ct timeout set \"idle_" + idleSeconds(listener) + "\"");
      rules.add("meta l4proto udp dnat ip to " + choice(listener, slots));
    }
    text.block("chain " + listener.id(), rules);
  }

  private static List<String> sources(Sources.Only only) {
    List<String> lines = new ArrayList<>(List.of("type ipv4_addr", "flags interval"));
    if (!only.ranges().isEmpty()) {
      String ranges =
          only.ranges().stream().map(AddressRange::text).collect(Collectors.joining(", "));
      lines.add("elements = { " + ranges + " }");
    }
    return lines;
  }

  private static Optional<String> limit(ListenerSpec listener, String refused) {
    return switch (listener.connectionLimit()) {
      case ConnectionLimit.Unlimited() -> Optional.empty();
      case ConnectionLimit.AtMost(int sessions) ->
          Optional.of(
              "add @%s_at_most_%d { udp dport ct count over %d } %s reject with icmp type %s"
                  .formatted(listener.id(), sessions, sessions, refused, "port-unreachable"));
    };
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
    Stream<String> listeners =
        listenersOf(spec).stream()
            .flatMap(listener ->
                spec.vips().stream()
                    .map(vip -> vip + " . " + listener.port() + " : goto " + listener.id()));
    map("listeners", "ipv4_addr . inet_service : verdict", listeners);
    Stream<String> members =
        membersOf(spec).stream()
            .map(member ->
                "%s . %d : \"%s\""
                    .formatted(
                        member.address(),
                        member.port(),
                        givenCounter(member.address(), member.port())))
            .distinct();
    map("given", "ipv4_addr . inet_service : counter", members);

    String choose = "ip daddr . udp dport vmap @listeners";
    hook("prerouting", -100, choose);
    hook("output", -100, choose);
    String vips = spec.vips().stream().map(IpAddress::text).collect(Collectors.joining(", "));
    String ours = "meta l4proto udp ct status dnat ct original ip daddr { " + vips + " } ";
    String given = ours + "counter name ip daddr . udp dport map @given";
    hook("input", 100, given);
    // Answers must come back through this node; from this machine they do anyway.
    hook("postrouting", 100, given, ours + "oifname != \"lo\" masquerade");
  }

  private void map(String name, String type, Stream<String> elements) {
    List<String> lines = new ArrayList<>(List.of("type " + type));
    String list = elements.collect(Collectors.joining(", "));
    if (!list.isEmpty()) lines.add("elements = { " + list + " }");
    text.block("map " + name, lines);
  }

  private void hook(String name, int priority, String... rules) {
    List<String> lines = new ArrayList<>();
    lines.add("type nat hook %s priority %d; policy accept".formatted(name, priority));
    lines.addAll(List.of(rules));
    text.block("chain " + name, lines);
  }

  /** Lines of nft's language. A closing brace stands on a line of its own: 1.0.6 wants that. */
  private static final class Text {
    private final StringBuilder text = new StringBuilder();

    void line(String line) {
      text.append(line).append('\n');
    }

    void block(String head, List<String> lines) {
      line("    " + head + " {");
      for (String line : lines) line("        " + line);
      line("    }");
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
