package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Fail;
import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import dev.poise.agent.kernel.Tool;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes all checks, one after the other, and prints a line for everything they find.
 *
 * <p>What a process may do and open is looked at where the agent runs, if it does: a shell of root
 * has other rights than a service.
 */
public final class Doctor {
  private static final Path PROC = Path.of("/proc");

  private final List<Check> checks;
  private final PrintStream out;

  Doctor(List<Check> checks, PrintStream out) {
    this.checks = checks;
    this.out = out;
  }

  /** Who looks at a node on this machine. */
  public static Doctor of(Subject subject, PrintStream out) throws IOException {
    Orders orders = Orders.read(subject.settings().dataDirectory());
    Processes processes = Processes.read(PROC);
    Optional<Processes.Running> agent = processes.agentOf(subject.config());
    Path process = agent.map(found -> PROC.resolve("" + found.pid())).orElse(PROC.resolve("self"));
    Subject.Programs programs = subject.programs();
    Daemons daemons = new Daemons(processes, subject.settings());
    Nftables nftables = new Nftables(new Tool(programs.nft()));
    List<Check> checks = new ArrayList<>();
    checks.add(() -> List.of(new Ok("poise-agent " + subject.agentVersion())));
    checks.add(new AgentCheck(agent, subject.config()));
    checks.add(new ServerCheck(subject.link(), InstantSource.system()));
    checks.addAll(ProgramCheck.of(programs, orders));
    checks.add(new RightsCheck(process.resolve("status")));
    checks.add(new OpenFilesCheck(process.resolve("limits"), subject.settings().maxConnections()));
    checks.add(
        new NonlocalBindCheck(
            PROC.resolve("sys/net/ipv4/ip_nonlocal_bind"), orders.sharesAddresses()));
    checks.add(
        new ForwardingCheck(PROC.resolve("sys/net/ipv4/ip_forward"), orders.forwardsDatagrams()));
    checks.add(new TrackingCheck(PROC.resolve("sys/net/netfilter")));
    checks.add(new FolderCheck("data.dir", subject.settings().dataDirectory()));
    checks.add(new FolderCheck("run.dir", subject.settings().runDirectory()));
    checks.add(new OthersCheck(daemons, orders.sharesAddresses()));
    checks.add(new PortsCheck(PROC, daemons, orders.entrances()));
    checks.add(new TablesCheck(nftables, subject.node()));
    checks.add(new FirewallCheck(nftables, orders));
    checks.add(new PeersCheck(orders.peers(), PeersCheck::answersPing));
    return new Doctor(checks, out);
  }

  /** Makes the checks; says whether none of them failed. */
  public boolean examine() throws InterruptedException {
    boolean well = true;
    for (Check check : checks) {
      for (Finding finding : findings(check)) {
        out.println(finding.line());
        well &= !(finding instanceof Fail);
      }
    }
    return well;
  }

  private static List<Finding> findings(Check check) throws InterruptedException {
    try {
      return check.findings();
    } catch (IOException e) {
      return List.of(new Warn("not looked at: " + e.getMessage(), "run it as root"));
    }
  }
}
