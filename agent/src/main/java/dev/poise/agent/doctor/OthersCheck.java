package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Fail;
import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import dev.poise.agent.doctor.Processes.Running;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether daemons run beside those of the node that do the same, or more of its own than should.
 */
record OthersCheck(Daemons daemons, boolean sharesAddresses) implements Check {
  @Override
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (String name : List.of("haproxy", "keepalived")) {
      for (Running other : daemons.others(name)) {
        findings.add(
            new Warn(
                other + " runs beside the node's",
                "if nobody needs it: systemctl disable --now " + name + ".service"));
      }
    }
    List<Running> keepalived = daemons.ours("keepalived");
    if (keepalived.size() > 1) {
      findings.add(
          new Fail(
              "keepalived of this node runs " + keepalived.size() + " times: " + keepalived,
              "stop the agent, then 'poise-agent stop-all', then start it"));
    } else if (keepalived.size() == 1 && !sharesAddresses) {
      findings.add(
          new Warn(
              keepalived.getFirst() + " is left over: the node shares no addresses",
              "restart the agent; if it stays, end it by its process number"));
    }
    if (findings.isEmpty()) findings.add(new Ok("no other haproxy or keepalived runs"));
    return findings;
  }
}
