package dev.poise.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.render.NodeSettings;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen in the kernel's list of processes and sockets, which these tests write. */
class DaemonChecksTest {
  private static final NodeSettings SETTINGS =
      new NodeSettings(
          Path.of("/var/lib/poise"),
          Path.of("/run/poise"),
          1,
          100,
          60,
          new NodeSettings.Privileges.Kept(),
          "poise-edge");
  private static final String OURS = "/var/lib/poise/lb/x/haproxy.cfg";
  private static final String KEEPALIVED = "/var/lib/poise/vrrp/keepalived.conf";
  private static final String HEAD = "  sl  local_address rem_address st ...\n";
  private static final LoadBalancerId OWNER =
      LoadBalancerId.generate(Instant.parse("2026-01-01T00:00:00Z"));

  @TempDir Path proc;
  private final StringBuilder tcp = new StringBuilder(HEAD);
  private final StringBuilder tcp6 = new StringBuilder(HEAD);

  @BeforeEach
  void ourselves() throws IOException {
    process(1, 0, "init", "net:[1]", "/sbin/init");
    Files.createSymbolicLink(proc.resolve("self"), proc.resolve("1"));
  }

  private void process(long pid, long parent, String name, String network, String... words)
      throws IOException {
    Path directory = Files.createDirectories(proc.resolve("" + pid));
    Files.createDirectories(directory.resolve("ns"));
    Files.createDirectories(directory.resolve("fd"));
    Files.createSymbolicLink(directory.resolve("ns/net"), Path.of(network));
    Files.writeString(directory.resolve("cmdline"), String.join("\0", words) + "\0");
    Files.writeString(directory.resolve("stat"), pid + " (" + name + ") S " + parent + " 1 1 0");
  }

  private Processes processes() throws IOException {
    return Processes.read(proc);
  }

  private Daemons daemons() throws IOException {
    return new Daemons(processes(), SETTINGS);
  }

  private static List<String> lines(Check check) throws Exception {
    return check.findings().stream().map(Finding::line).toList();
  }

  // --- The agent
  // -----------------------------------------------------------------------------------

  @Test
  void theAgentIsFoundByTheFileItRunsWith() throws Exception {
    Path config = Path.of("/etc/poise/agent.conf");
    process(7, 1, "java", "net:[1]", "java", "-jar", "/x/poise-agent.jar", "run", "/other.conf");
    process(8, 1, "java", "net:[1]", "java", "-jar", "/x/poise-agent.jar", "doctor", "" + config);
    assertThat(lines(new AgentCheck(processes().agentOf(config), config)))
        .singleElement()
        .asString()
        .startsWith("warn  no agent runs with " + config);
    process(9, 1, "java", "net:[1]", "java", "-jar", "/x/poise-agent.jar", "run", "" + config);
    assertThat(lines(new AgentCheck(processes().agentOf(config), config)))
        .containsExactly("ok    the agent runs as process 9");
  }

  // --- Others
  // --------------------------------------------------------------------------------------

  @Test
  void theNodesOwnDaemonsAreNotOthers() throws Exception {
    process(10, 1, "haproxy", "net:[1]", "haproxy", "-D", "-f", OURS);
    process(11, 1, "keepalived", "net:[1]", "keepalived", "-n", "-f", KEEPALIVED);
    process(12, 11, "keepalived", "net:[1]", "keepalived", "-n", "-f", KEEPALIVED);
    // In a container.
    process(13, 1, "haproxy", "net:[2]", "haproxy", "-f", "/etc/haproxy/haproxy.cfg");
    assertThat(lines(new OthersCheck(daemons(), true)))
        .containsExactly("ok    no other haproxy or keepalived runs");
  }

  @Test
  void theDistributionsDaemonsAreNamed() throws Exception {
    process(10, 1, "haproxy", "net:[1]", "haproxy", "-Ws", "-f", "/etc/haproxy/haproxy.cfg");
    process(11, 10, "haproxy", "net:[1]", "haproxy", "-Ws", "-f", "/etc/haproxy/haproxy.cfg");
    process(12, 1, "keepalived", "net:[1]", "/usr/sbin/keepalived", "--dont-fork");
    assertThat(lines(new OthersCheck(daemons(), true)))
        .hasSize(2)
        .allMatch(line -> line.startsWith("warn"))
        .anyMatch(line -> line.contains("process 10") && line.contains("haproxy.service"))
        .anyMatch(line -> line.contains("process 12") && line.contains("keepalived.service"));
  }

  @Test
  void twoKeepalivedOfOneNodeAreAFault() throws Exception {
    process(11, 1, "keepalived", "net:[1]", "keepalived", "-n", "-f", KEEPALIVED);
    process(12, 1, "keepalived", "net:[1]", "keepalived", "-n", "-f", KEEPALIVED);
    assertThat(lines(new OthersCheck(daemons(), true)))
        .singleElement()
        .asString()
        .startsWith("fail  keepalived of this node runs 2 times");
  }

  @Test
  void aKeepalivedThatNobodyNeedsIsLeftOver() throws Exception {
    process(11, 1, "keepalived", "net:[1]", "keepalived", "-n", "-f", KEEPALIVED);
    assertThat(lines(new OthersCheck(daemons(), false)))
        .singleElement()
        .asString()
        .startsWith("warn")
        .contains("left over");
  }

  // --- Ports
  // ---------------------------------------------------------------------------------------

  /** A socket of a process; the address is in the kernel's form. */
  private void socket(
      StringBuilder file, String address, int port, String state, long pid, int inode)
      throws IOException {
    file.append(
        String.format(
            Locale.ROOT,
            "   0: %s:%04X 00000000:0000 %s 00000000:00000000 00:00000000 00000000 0 0 %d 1%n",
            address,
            port,
            state,
            inode));
    Path descriptors = proc.resolve(pid + "/fd");
    if (Files.isDirectory(descriptors)) {
      Files.createSymbolicLink(descriptors.resolve("" + inode), Path.of("socket:[" + inode + "]"));
    }
  }

  private List<String> ports() throws Exception {
    Files.createDirectories(proc.resolve("net"));
    Files.writeString(proc.resolve("net/tcp"), tcp);
    Files.writeString(proc.resolve("net/tcp6"), tcp6);
    List<Orders.Entrance> entrances =
        List.of(new Orders.Entrance(OWNER, new IpAddress("10.0.0.5"), 80));
    return lines(new PortsCheck(proc, daemons(), entrances));
  }

  @Test
  void whatTheNodeItselfListensOnIsNotTaken() throws Exception {
    process(10, 1, "haproxy", "net:[1]", "haproxy", "-D", "-f", OURS);
    process(20, 1, "nginx", "net:[1]", "nginx");
    socket(tcp, "0500000A", 80, "0A", 10, 100);
    socket(tcp, "0600000A", 80, "0A", 20, 101);
    socket(tcp, "0500000A", 81, "0A", 20, 102);
    // A connection and not a listener.
    socket(tcp, "0500000A", 80, "01", 20, 103);
    assertThat(ports()).containsExactly("ok    nobody else listens where load balancers do");
  }

  @Test
  void whoHasThePortIsNamed() throws Exception {
    process(20, 1, "nginx", "net:[1]", "nginx", "-g", "daemon off;");
    socket(tcp, "0500000A", 80, "0A", 20, 100);
    assertThat(ports())
        .singleElement()
        .asString()
        .startsWith("fail  10.0.0.5:80 of " + OWNER + " is taken by 'nginx -g daemon off;'");
  }

  @Test
  void whoListensOnAllAddressesHasThePortToo() throws Exception {
    process(20, 1, "sshd", "net:[1]", "sshd");
    socket(tcp, "00000000", 80, "0A", 20, 100);
    socket(tcp6, "00000000000000000000000000000000", 80, "0A", 20, 101);
    socket(tcp6, "0000000000000000FFFF00000500000A", 80, "0A", 20, 102);
    socket(tcp6, "B80D0120000000000000000001000000", 80, "0A", 20, 103);
    assertThat(ports()).hasSize(3).allMatch(line -> line.startsWith("fail"));
  }

  @Test
  void aSocketNobodyIsSeenToHaveIsSomebodyElses() throws Exception {
    socket(tcp, "0500000A", 80, "0A", 99, 100);
    assertThat(ports()).singleElement().asString().contains("an unknown process");
  }
}
