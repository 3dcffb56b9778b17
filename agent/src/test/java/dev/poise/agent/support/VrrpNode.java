package dev.poise.agent.support;

import dev.poise.agent.Main;
import dev.poise.spec.IpAddress;
import dev.poise.spec.Redundancy;
import dev.poise.spec.Redundancy.Handover;
import dev.poise.spec.RoleReport;
import dev.poise.spec.RoleReport.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of a cluster on a machine of its own, with an agent that is a process of its own. */
public final class VrrpNode implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 200;

  /** Why a node is what it is, if it was that before its agent began. */
  public static final String ADOPTED = "was so when the agent started";

  private static final int ADVERTISEMENT_MILLIS = 100;

  /** Where it runs. */
  public final Lan.Machine machine;

  /** Its server, which knows no other node. */
  public final FakeServer server;

  private final Scratch scratch;
  private final Path config;
  private final int priority;
  private List<IpAddress> peers = List.of();
  private boolean drained;
  private Handover handover = Handover.NONE;
  private String networkInterface = "eth0";
  private @Nullable Process agent;

  private VrrpNode(Lan.Machine machine, IpAddress serverAddress, int priority) throws IOException {
    this.machine = machine;
    this.priority = priority;
    server = new FakeServer(serverAddress);
    scratch = Scratch.create();
    config = AgentFile.write(server, scratch, MAX_CONNECTIONS);
  }

  /** A node without an agent yet. */
  public static VrrpNode on(Lan.Machine machine, IpAddress serverAddress, int priority)
      throws IOException {
    return new VrrpNode(machine, serverAddress, priority);
  }

  private Path vrrp() {
    return scratch.directory().resolve("run/vrrp");
  }

  /** Shares addresses with these. */
  public void peers(VrrpNode... others) {
    peers = Arrays.stream(others).map(other -> other.machine.address()).toList();
    push();
  }

  /** An operator drains it, or ends that. */
  public void drained(boolean now) {
    drained = now;
    push();
  }

  /** A failover is planned. */
  public void handover(Handover next) {
    handover = next;
    push();
  }

  /** Talks over another interface. */
  public void networkInterface(String name) {
    networkInterface = name;
    push();
  }

  /** Nodes do not move addresses any more. */
  public void withoutRedundancy() {
    server.put(new Redundancy.None());
  }

  private void push() {
    server.put(
        new Redundancy.Vrrp(
            51,
            priority,
            ADVERTISEMENT_MILLIS,
            networkInterface,
            networkInterface,
            machine.address(),
            peers,
            drained,
            handover));
  }

  /** Starts the agent. */
  public void startAgent() throws IOException {
    agent = machine.start(scratch.directory().resolve("agent.log"), command("run"));
  }

  private List<String> command(String verb) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-Xmx96m",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        verb,
        config.toString());
  }

  /** Kills the agent, as a crash does. */
  public void killAgent() throws InterruptedException {
    Process running = agent;
    if (running != null) running.destroyForcibly().waitFor();
    agent = null;
  }

  /** Stops everything of the node; gives what was said. */
  public String stopAll() throws IOException, InterruptedException {
    return machine.run(command("stop-all").toArray(new String[0]));
  }

  /** What the agent logged, and keepalived. */
  public String log() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file :
        List.of(scratch.directory().resolve("agent.log"), vrrp().resolve("keepalived.log"))) {
      if (Files.exists(file)) text.append(Files.readString(file));
    }
    return text.toString();
  }

  /** Kills processes of keepalived, the parent, the child or both. */
  public void kill(String... which) throws IOException {
    List<Long> pids = new ArrayList<>();
    for (String each : which) pids.add(Long.parseLong(pid(each)));
    for (long pid : pids) ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  private String pid(String which) throws IOException {
    return Files.readString(vrrp().resolve(which + ".pid")).strip();
  }

  /** Notes the addresses that leave the machine from now on. */
  public AddressWatch watchAddresses() throws Exception {
    return AddressWatch.on(machine, scratch.directory().resolve("addresses.log"));
  }

  /** The pids of keepalived. */
  public List<String> pids() throws IOException {
    return List.of(pid("parent"), pid("child"));
  }

  /** What it said last that it is. */
  public RoleReport role() {
    return server.last().role();
  }

  /** Whether it says that it is this. */
  public boolean is(Role role) {
    return server.count() > 0 && role().role() == role;
  }

  @Override
  public void close() throws IOException {
    try {
      killAgent();
      // keepalived ends with its machine, and must not outlive its files.
      for (long pid : machine.processes()) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
    scratch.close();
  }
}
