package dev.poise.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.poise.agent.render.Carried;
import dev.poise.agent.render.NodeRules;
import dev.poise.agent.render.NodeRules.Element;
import dev.poise.agent.support.Await;
import dev.poise.agent.support.Command;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real kernel, in a network nobody else is in. Nothing listens there: who asks is refused. */
class KernelTest {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int PORT = 5300;

  private final LoadBalancerId one = LoadBalancerId.generate(Instant.now());
  private final LoadBalancerId other = LoadBalancerId.generate(Instant.now());
  private final String table = NodeRules.tableOf(NodeId.generate(Instant.now()));
  private final Namespace namespace =
      new Namespace("poise-%08x".formatted(ThreadLocalRandom.current().nextInt()), 0);
  @TempDir private Path directory;

  @BeforeEach
  void makeNetwork() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "nftables needs root");
    run(List.of("ip", "netns", "add", namespace.name()));
    there("ip", "link", "set", "lo", "up");
  }

  @AfterEach
  void removeNetwork() throws Exception {
    run(List.of("ip", "netns", "del", namespace.name()));
  }

  private String there(String... command) throws Exception {
    List<String> inside = new ArrayList<>(namespace.enter("ip"));
    inside.addAll(List.of(command));
    return run(inside);
  }

  private String run(List<String> command) throws Exception {
    Command ended = Command.run(directory, command);
    assertThat(ended.exit()).as("%s: %s", command, ended.output()).isZero();
    return ended.output();
  }

  private Kernel kernel() throws IOException {
    return Kernel.open(namespace.enter("ip"), "nft", "conntrack", table);
  }

  private static String key(String address, int protocol) {
    return address + " . " + protocol + " . " + PORT;
  }

  private static String key(int protocol) {
    return key("127.0.0.1", protocol);
  }

  private static Set<Element> tcp(String address) {
    return Set.of(
        new Element(NodeRules.RECEIVED, key(address, TCP)),
        new Element(NodeRules.TRANSMITTED, key(address, TCP)));
  }

  private static Set<Element> tcp() {
    return tcp("127.0.0.1");
  }

  private static Set<Element> udp() {
    return Set.of(
        new Element(NodeRules.RECEIVED, key(UDP)),
        new Element(NodeRules.TRANSMITTED, key(UDP)),
        NodeRules.datagrams(new IpAddress("127.0.0.1"), PORT));
  }

  private void connect(String address) throws Exception {
    there("bash", "-c", "! : < /dev/tcp/" + address + "/" + PORT);
  }

  private void connect() throws Exception {
    connect("127.0.0.1");
  }

  private void send(int port) throws Exception {
    there("bash", "-c", "echo hello > /dev/udp/127.0.0.1/" + port);
  }

  private List<String> chains() throws Exception {
    return there("nft", "list", "table", "ip", table)
        .lines()
        .filter(line -> line.strip().startsWith("chain "))
        .map(line -> line.strip().split(" ", -1)[1])
        .sorted()
        .toList();
  }

  /** Whether the kernel remembers what no load balancer has to do with. */
  private boolean isTracking() throws Exception {
    there("conntrack", "-F");
    send(PORT + 1);
    return there("conntrack", "-L").contains("dport=" + (PORT + 1));
  }

  private void counted(Kernel kernel, String set, int protocol, long packets) throws Exception {
    counted(kernel, set, key(protocol), packets);
  }

  private void counted(Kernel kernel, String set, String key, long packets) throws Exception {
    Element element = new Element(set, key);
    Await.until(
        packets + " in " + element,
        () -> {
          Traffic traffic = kernel.elements().get(element);
          return traffic != null && traffic.packets() == packets;
        });
  }

  @Test
  void flowsAreTrackedOnlyWhileAListenerSpeaksUdp() throws Exception {
    Kernel kernel = kernel();
    kernel.put(one, tcp());
    assertThat(isTracking()).isFalse();
    kernel.put(other, udp());
    assertThat(isTracking()).isTrue();
    kernel.put(one, Set.of());
    assertThat(isTracking()).isTrue();
    kernel.put(other, Set.of());
    assertThat(isTracking()).isFalse();
  }

  @Test
  void anotherAgentGoesOnWithTheRulesThatAreNeeded() throws Exception {
    kernel().put(one, udp());
    List<String> all = chains();
    assertThat(all).containsExactly("errors", "input", "output", "postrouting", "prerouting");
    Kernel second = kernel();
    assertThat(chains()).isEqualTo(all);
    second.put(one, tcp());
    assertThat(chains()).containsExactly("postrouting", "prerouting");
    kernel();
    assertThat(chains()).containsExactly("postrouting", "prerouting");
  }

  @Test
  void rulesOfAnEarlierVersionMakePlace() throws Exception {
    Path rules = directory.resolve("rules.nft");
    String earlier = NodeRules.table(table, Carried.EVERYTHING);
    Files.writeString(rules, earlier.replace("ip protocol udp ip daddr", "ip daddr"));
    there("nft", "-f", rules.toString());
    kernel();
    assertThat(chains()).containsExactly("postrouting", "prerouting");
  }

  @Test
  void rulesThatSomebodyRemovedComeBackAsTheyAreNeeded() throws Exception {
    Kernel kernel = kernel();
    kernel.put(one, tcp());
    there("nft", "delete", "table", "ip", table);
    kernel.put(other, udp());
    assertThat(chains()).hasSize(5);
    there("nft", "delete", "table", "ip", table);
    kernel.put(other, Set.of());
    assertThat(chains()).containsExactly("postrouting", "prerouting");
    connect();
    counted(kernel, NodeRules.RECEIVED, TCP, 1);
  }

  @Test
  void packetsOfClientsOnThisMachineAreCountedOnce() throws Exception {
    Kernel kernel = kernel();
    kernel.put(one, tcp());
    connect();
    counted(kernel, NodeRules.RECEIVED, TCP, 1);
    counted(kernel, NodeRules.TRANSMITTED, TCP, 1);
    kernel.put(other, udp());
    connect();
    send(PORT);
    counted(kernel, NodeRules.RECEIVED, TCP, 2);
    counted(kernel, NodeRules.TRANSMITTED, TCP, 2);
    counted(kernel, NodeRules.RECEIVED, UDP, 1);
    counted(kernel, NodeRules.TRANSMITTED, UDP, 0);
  }

  @Test
  void onlyPacketsToAndFromLoadBalancersComeToTheSets() throws Exception {
    Kernel kernel = kernel();
    assertThat(there("nft", "list", "table", "ip", table)).doesNotContain("@received");
    kernel.put(one, tcp("127.0.1.1"));
    assertThat(ranges()).containsExactly("daddr != 127.0.1.1", "saddr != 127.0.1.1");
    kernel.put(other, tcp("127.0.2.9"));
    assertThat(ranges()).containsExactly("daddr != 127.0.0.0/22", "saddr != 127.0.0.0/22");
    for (String address : List.of("127.0.1.1", "127.0.2.9")) {
      connect(address);
      counted(kernel, NodeRules.RECEIVED, key(address, TCP), 1);
      counted(kernel, NodeRules.TRANSMITTED, key(address, TCP), 1);
    }
    kernel.put(other, tcp("10.0.0.1"));
    assertThat(ranges()).containsExactly("daddr != 0.0.0.0/1", "saddr != 0.0.0.0/1");
    there("ip", "addr", "add", "10.0.0.1", "dev", "lo");
    connect("10.0.0.1");
    counted(kernel, NodeRules.RECEIVED, key("10.0.0.1", TCP), 1);
    connect("127.0.1.1");
    counted(kernel, NodeRules.RECEIVED, key("127.0.1.1", TCP), 2);
    kernel.put(one, Set.of());
    assertThat(ranges()).containsExactly("daddr != 10.0.0.1", "saddr != 10.0.0.1");
    kernel.put(one, tcp("192.0.2.1"));
    assertThat(ranges()).isEmpty();
    connect("10.0.0.1");
    counted(kernel, NodeRules.RECEIVED, key("10.0.0.1", TCP), 2);
  }

  @Test
  void pingsAreKeptFromALoadBalancerWithoutListenersToo() throws Exception {
    Kernel kernel = kernel();
    kernel.put(one, Set.of(new Element(NodeRules.PING_FILTERED, "127.0.2.1")));
    assertThat(ranges()).contains("daddr != 127.0.2.1");
    kernel.put(other, tcp("127.0.1.1"));
    assertThat(ranges()).contains("daddr != 127.0.0.0/22");
  }

  /** What the rules ask a packet's addresses before they ask sets. */
  private List<String> ranges() throws Exception {
    return there("nft", "list", "table", "ip", table)
        .lines()
        .map(String::strip)
        .filter(line -> line.matches("ip [sd]addr != \\S+ return"))
        .map(line -> line.substring("ip ".length(), line.lastIndexOf(' ')))
        .toList();
  }
}
