package dev.poise.agent.kernel;

import dev.poise.agent.render.Carried;
import dev.poise.agent.render.NodeRules;
import dev.poise.agent.render.NodeRules.Element;
import dev.poise.agent.render.UdpRules;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.TypeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kernel does for a node in one network namespace: forwards datagrams by the tables of its
 * load balancers, counts packets in the node's own table, keeps sessions.
 *
 * <p>The kernel is the memory. Which elements of the node's table belong to which load balancer
 * stands in their comments, so an agent that was restarted goes on where the one before ended. When
 * somebody else emptied the rules (a firewall that is loaded anew begins with that), the next look
 * finds it out, and the node's table is made again; load balancers look for theirs.
 *
 * <p>Asking costs processor time that does not depend on who asks: what was listed a moment ago is
 * given to every worker, see {@link Remembered}.
 */
public final class Kernel {
  private static final Logger log = LoggerFactory.getLogger(Kernel.class);
  private static final Duration YOUNG = Duration.ofMillis(900);
  private static final Duration YOUNG_SESSIONS = Duration.ofSeconds(2);
  private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");

  private final List<String> enter;
  private final Nft nft;
  private final Conntrack conntrack;
  private final String table;
  private final Map<String, String> versions;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<LoadBalancerId, Set<Element>> wanted = new HashMap<>();
  private Carried ruled = Carried.NOTHING;
  private Optional<Set<Element>> guard = Optional.empty();
  private boolean damaged;

  private final Remembered<Map<Element, Traffic>> elements;
  private final Remembered<Map<String, Map<String, Traffic>>> counters;
  private final Remembered<Sessions> sessions;

  private Kernel(List<String> enter, Nft nft, Conntrack conntrack, String table)
      throws IOException {
    this.enter = enter;
    this.nft = nft;
    this.conntrack = conntrack;
    this.table = table;
    this.versions = Map.of("nft", nft.version(), "conntrack", conntrack.version());
    this.elements = new Remembered<>(YOUNG, this::listElements);
    this.counters =
        new Remembered<>(YOUNG, () -> Listing.parse(nft.list("list counters ip")).counters());
    this.sessions = new Remembered<>(YOUNG_SESSIONS, conntrack::sessions);
  }

  /** The kernel of this machine in the agent's own network. */
  public static Kernel open(String nftProgram, String conntrackProgram, String table)
      throws IOException {
    return open(List.of(), nftProgram, conntrackProgram, table);
  }

  /**
   * The kernel of this machine, with the node's table in it.
   *
   * @param enter leads to the namespace, see {@link Namespace#enter}
   * @param table the name of the node's own table
   * @throws IOException if a program is missing, or the kernel does not let us, or cannot do it
   */
  public static Kernel open(
      List<String> enter, String nftProgram, String conntrackProgram, String table)
      throws IOException {
    Nft nft = new Nft(enter, nftProgram);
    Conntrack conntrack = new Conntrack(enter, conntrackProgram);
    Kernel kernel = new Kernel(enter, nft, conntrack, table);
    nft.check(NodeRules.table(table, Carried.EVERYTHING) + SampleRules.transaction());
    conntrack.sessions();
    nft.commit(NodeRules.sets(table));
    kernel.learnOwners();
    kernel.ruled = kernel.carried();
    nft.commit(NodeRules.rules(table, kernel.ruled));
    return kernel;
  }

  private void learnOwners() throws IOException {
    Listing.parse(nft.list("list table ip " + table))
        .elements()
        .forEach((element, listed) -> {
          if (!TypeId.isValid(LoadBalancerId.PREFIX, listed.comment())) return;
          LoadBalancerId owner = new LoadBalancerId(listed.comment());
          wanted.computeIfAbsent(owner, id -> new HashSet<>()).add(element);
        });
  }

  private Carried carried() {
    return Carried.by(wanted.values().stream().flatMap(Set::stream).toList());
  }

  /** The versions of the programs. */
  public Map<String, String> versions() {
    return versions;
  }

  /**
   * Has the kernel look at a transaction without making it.
   *
   * @return why not, in nft's own words; empty if it would be made
   */
  public Optional<String> refusal(String transaction) throws IOException {
    try {
      nft.check(transaction);
      return Optional.empty();
    } catch (Nft.Refused e) {
      return Optional.of(e.why());
    }
  }

  /** Makes all of a transaction, or nothing of it. */
  public void commit(String transaction) throws IOException {
    nft.commit(transaction);
  }

  /** The comment of the only rule of a chain. */
  public Optional<String> comment(String ofTable, String chain) throws IOException {
    try {
      return Listing.comment(nft.list("list chain ip " + ofTable + " " + chain));
    } catch (Nft.Refused e) {
      return Optional.empty();
    }
  }

  /** Sees to it that the node's table has these elements for a load balancer, and no others. */
  public void put(LoadBalancerId id, Set<Element> newest) throws IOException {
    lock.lock();
    try {
      Set<Element> before = wanted.getOrDefault(id, Set.of());
      if (before.equals(newest) && !damaged) return;
      if (newest.isEmpty()) wanted.remove(id);
      else wanted.put(id, Set.copyOf(newest));
      if (damaged) {
        restore();
        return;
      }
      StringBuilder text = new StringBuilder();
      for (Element element : before) {
        if (!newest.contains(element)) text.append(line("delete", element, ""));
      }
      for (Element element : newest) {
        if (!before.contains(element)) text.append(line("add", element, id.text()));
      }
      Carried carried = before.isEmpty() ? ruled.and(Carried.by(newest)) : carried();
      if (!carried.equals(ruled)) text.append(NodeRules.rules(table, carried));
      try {
        nft.commit(text.toString());
        ruled = carried;
      } catch (IOException e) {
        log.warn("the node's nftables table is made again: {}", e.getMessage());
        restore();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sees to it that the node's table lets exactly these speak VRRP, see {@link NodeRules}. */
  public void guard(Set<Element> newest) throws IOException {
    lock.lock();
    try {
      if (guard.equals(Optional.of(newest)) && !damaged) return;
      guard = Optional.of(Set.copyOf(newest));
      if (damaged) {
        restore();
        return;
      }
      try {
        nft.commit(NodeRules.unguarded(table) + guardLines());
      } catch (IOException e) {
        log.warn("the node's nftables table is made again: {}", e.getMessage());
        restore();
      }
    } finally {
      lock.unlock();
    }
  }

  private String guardLines() {
    return guard.stream()
        .flatMap(Set::stream)
        .map(each -> line("add", each, ""))
        .collect(Collectors.joining());
  }

  /**
   * Asks the kernel whether it would still take rules.
   *
   * @throws IOException if not
   */
  public void probe() throws IOException {
    nft.check(NodeRules.table(table, Carried.EVERYTHING));
  }

  private String line(String verb, Element element, String comment) {
    String remark = comment.isEmpty() ? "" : " comment \"" + comment + "\"";
    return "%s element ip %s %s { %s%s }\n"
        .formatted(verb, table, element.set(), element.key(), remark);
  }

  private void restore() throws IOException {
    damaged = true;
    Carried carried = carried();
    StringBuilder text = new StringBuilder();
    text.append("add table ip ").append(table).append("\ndelete table ip ").append(table);
    text.append('\n').append(NodeRules.table(table, carried));
    wanted.forEach(
        (id, owned) -> owned.forEach(element -> text.append(line("add", element, id.text()))));
    text.append(guardLines());
    nft.commit(text.toString());
    ruled = carried;
    damaged = false;
  }

  /** What the sets of the node's table counted, about a second old. */
  public Map<Element, Traffic> elements() throws IOException {
    return elements.get().value();
  }

  private Map<Element, Traffic> listElements() throws IOException {
    String question = "list table ip " + table;
    Listing listing;
    try {
      listing = Listing.parse(nft.list(question));
    } catch (Nft.Refused e) {
      log.warn("the node's nftables table is gone and is made again: {}", e.why());
      lock.lock();
      try {
        restore();
      } finally {
        lock.unlock();
      }
      listing = Listing.parse(nft.list(question));
    }
    return listing.elements().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().traffic()));
  }

  /**
   * The counters of a load balancer's own table by name. They are a second old on a node with some
   * load balancers that speak UDP, and half a minute where there are hundreds: nft reads all rules
   * of all tables for it.
   */
  public Map<String, Traffic> countersOf(LoadBalancerId id) throws IOException {
    return counters.get().value().getOrDefault(UdpRules.tableOf(id), Map.of());
  }

  /** Whether a load balancer's table, made at that time, is gone, as far as it was looked since. */
  public boolean isGone(LoadBalancerId id, long madeNanos) throws IOException {
    Remembered.Answer<Map<String, Map<String, Traffic>>> answer = counters.get();
    boolean lookedSince = answer.askedNanos() - madeNanos > 0;
    return lookedSince && !answer.value().containsKey(UdpRules.tableOf(id));
  }

  /** Whether a member told of a client's datagram lately that its port is unreachable. */
  public boolean isUnreachable(IpAddress address, int port) throws IOException {
    return elements().containsKey(new Element(NodeRules.UNREACHABLE, quoted(address, port)));
  }

  /** How nft prints the address and port of a quoted datagram: as numbers. */
  private static String quoted(IpAddress address, int port) {
    long number = 0;
    for (String octet : address.text().split("\\.", -1)) {
      number = number << 8 | Long.parseLong(octet);
    }
    return number + " . " + port;
  }

  /** The sessions, a few seconds old at most unless there are very many. */
  public Sessions sessions() throws IOException {
    return sessions.get().value();
  }

  /** Ends the sessions of some flows: their clients' next datagrams begin new ones. */
  public void end(Collection<Flow> flows) throws IOException {
    if (flows.isEmpty()) return;
    conntrack.end(flows);
    sessions.forget();
  }

  /** Ends what these clients have with a flow. */
  public void end(Flow flow, Collection<IpAddress> clients) throws IOException {
    if (clients.isEmpty()) return;
    conntrack.end(flow, clients);
    sessions.forget();
  }

  /** The next question about sessions is not answered from memory. */
  public void forgetSessions() {
    sessions.forget();
  }

  /**
   * Removes everything of the node: its own table, the tables of its load balancers, their
   * sessions.
   *
   * @param ids load balancers of the node; those the node's own table tells of are removed as well
   * @return how many load balancers had tables
   */
  public int removeAll(Set<LoadBalancerId> ids) throws IOException {
    lock.lock();
    try {
      Set<LoadBalancerId> all = new HashSet<>(ids);
      all.addAll(wanted.keySet());
      counters.forget();
      Set<String> tables = new HashSet<>(counters.get().value().keySet());
      tables.retainAll(all.stream().map(UdpRules::tableOf).toList());
      StringBuilder text = new StringBuilder();
      all.forEach(id -> text.append(UdpRules.removal(id)));
      text.append("delete table ip ").append(table).append('\n');
      Set<Element> udp = new HashSet<>();
      wanted.values().forEach(udp::addAll);
      nft.commit(text.toString());
      sessions.forget();
      end(
          sessions().flows().stream()
              .filter(flow -> udp.contains(NodeRules.datagrams(flow.vip(), flow.port())))
              .toList());
      return tables.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets packets pass through this machine, if one of these members is on another one: answers to
   * clients elsewhere come through here.
   *
   * @return why that is not possible
   */
  public Optional<String> forwardingRefusal(Collection<IpAddress> members) {
    if (!enter.isEmpty()) return forwardingRefusalElsewhere();
    try {
      if (isForwarding() || members.stream().allMatch(Kernel::isHere)) return Optional.empty();
      Files.writeString(FORWARDING, "1\n");
      log.warn("set net.ipv4.ip_forward to 1: a UDP member is on another machine");
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "a UDP member is on another machine, and net.ipv4.ip_forward is 0 and cannot be set");
    }
  }

  /** Members are never on this machine's side of a namespace that is not the machine's own. */
  private Optional<String> forwardingRefusalElsewhere() {
    try {
      Tool.Run run = new Tool(enter, "/bin/sh").run(List.of("-c", "echo 1 > " + FORWARDING), "");
      if (run.succeeded()) return Optional.empty();
      return Optional.of("net.ipv4.ip_forward cannot be set: " + run.output().strip());
    } catch (IOException e) {
      return Optional.of("net.ipv4.ip_forward cannot be set: " + e.getMessage());
    }
  }

  private static boolean isForwarding() throws IOException {
    return !Files.readString(FORWARDING).strip().equals("0");
  }

  private static boolean isHere(IpAddress address) {
    if (address.text().startsWith("127.")) return true;
    try {
      return NetworkInterface.getByInetAddress(InetAddress.getByName(address.text())) != null;
    } catch (IOException e) {
      return false;
    }
  }
}
