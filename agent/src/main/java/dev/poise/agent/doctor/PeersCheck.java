package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Whether the other nodes of the cluster are there. */
record PeersCheck(List<IpAddress> peers, Echo echo) implements Check {
  private static final int PATIENCE_MILLIS = 1000;

  /** Asks whether somebody is at an address. */
  interface Echo {
    boolean comesFrom(IpAddress address) throws IOException;
  }

  static boolean answersPing(IpAddress address) throws IOException {
    return InetAddress.getByName(address.text()).isReachable(PATIENCE_MILLIS);
  }

  @Override
  public List<Finding> findings() throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (IpAddress peer : peers) {
      findings.add(
          echo.comesFrom(peer)
              ? new Ok("node " + peer + " answers")
              : new Warn(
                  "node " + peer + " does not answer a ping",
                  "see whether it runs, and whether a firewall drops pings between the nodes"));
    }
    return findings;
  }
}
