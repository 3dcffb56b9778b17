package dev.poise.agent;

import dev.poise.agent.engine.ProcessIdentity;
import dev.poise.agent.engine.ProcessTable;
import dev.poise.agent.engine.ProcessTable.Signal;
import dev.poise.agent.kernel.Kernel;
import dev.poise.agent.kernel.Namespace;
import dev.poise.agent.network.Ip;
import dev.poise.agent.network.Networks;
import dev.poise.agent.render.NodeRules;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.vrrp.Vrrp;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.RoleReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Ends everything that serves from a data directory. The addresses leave with keepalived, so that
 * another node takes over what is new. The rules of its load balancers leave the kernel at once,
 * with the sessions. An HAProxy process may finish what is open for a while, then it is told to
 * end, then it is ended.
 *
 * <p>Processes are found in the kernel's list by the configuration file they were started with, so
 * one that lost its admin socket, or is being replaced, is found as well, and no other ever is.
 */
final class StopAll {
  private static final Duration FINISHING = Duration.ofSeconds(5);
  private static final Duration ENDING = Duration.ofSeconds(2);

  private final AgentConfig config;
  private final NodeSettings settings;
  private final PrintStream out;

  StopAll(AgentConfig config, PrintStream out) {
    this.config = config;
    this.settings = config.settings();
    this.out = out;
  }

  void run() throws AgentConfig.Unusable, IOException, InterruptedException {
    if (!Files.isDirectory(settings.dataDirectory())) {
      out.println("nothing to stop: " + settings.dataDirectory() + " does not exist");
      return;
    }
    DataLock lock = DataLock.take(settings.dataDirectory());
    try {
      if (Vrrp.stopAll(settings.runDirectory())) out.println("keepalived stopped");
      Networks networks = networks();
      Set<LoadBalancerId> ids = Agent.onDisk(settings);
      removeRules(ids, Namespace.own());
      for (Namespace namespace : networks.namespaces()) removeRules(ids, namespace);
      stop(processes());
      networks.removeAll();
    } finally {
      lock.close();
    }
  }

  private Networks networks() throws IOException {
    return new Networks(
        new Ip(config.ipBinary(), config.bridgeBinary()),
        config.node(),
        settings.dataDirectory(),
        settings.edgeNamespace(),
        () -> RoleReport.Role.FAULT,
        Optional.empty());
  }

  private void removeRules(Set<LoadBalancerId> ids, Namespace namespace) {
    String where = namespace.isOwn() ? "" : " in " + namespace.name();
    try {
      Kernel kernel =
          Kernel.open(
              namespace.enter(config.ipBinary()),
              config.nftBinary(),
              config.conntrackBinary(),
              NodeRules.tableOf(config.node()));
      out.println("UDP load balancers stopped" + where + ": " + kernel.removeAll(ids));
    } catch (IOException e) {
      out.println("nftables is left as it is" + where + ": " + e.getMessage());
    }
  }

  private List<ProcessIdentity> processes() throws IOException {
    return ProcessTable.daemonsBelow(settings.loadBalancersDirectory()).stream()
        .map(ProcessTable.Daemon::identity)
        .toList();
  }

  private void stop(List<ProcessIdentity> processes) throws IOException, InterruptedException {
    for (ProcessIdentity process : processes) ProcessTable.signal(process, Signal.USR1);
    List<ProcessIdentity> left = awaitEnd(processes, FINISHING, "finished");
    for (ProcessIdentity process : left) ProcessTable.signal(process, Signal.TERM);
    left = awaitEnd(left, ENDING, "ended with connections open");
    for (ProcessIdentity process : left) ProcessTable.signal(process, Signal.KILL);
    awaitEnd(left, ENDING, "killed");
    out.println("processes stopped: " + processes.size());
  }

  private List<ProcessIdentity> awaitEnd(
      List<ProcessIdentity> processes, Duration patience, String how) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    return processes.stream().filter(process -> !hasEnded(process, deadline, how)).toList();
  }

  private boolean hasEnded(ProcessIdentity process, long deadline, String how) {
    Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    try {
      if (!ProcessTable.awaitEnd(process, left)) return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    out.println("process " + process.pid() + " " + how);
    return true;
  }
}
