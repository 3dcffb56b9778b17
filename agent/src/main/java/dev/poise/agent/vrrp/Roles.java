package dev.poise.agent.vrrp;

import dev.poise.agent.observe.ReportBoard;
import dev.poise.agent.vrrp.Candidacy.Standing;
import dev.poise.spec.Redundancy;
import dev.poise.spec.RoleReport;
import dev.poise.spec.RoleReport.Role;
import java.io.IOException;
import java.net.NetworkInterface;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the node is, and who is told: first those who follow the role, then, with the reason, the
 * server. The reason needs an answer of keepalived, which takes some hundredths of a second.
 */
final class Roles {
  private static final Logger log = LoggerFactory.getLogger(Roles.class);

  private final ReportBoard board;
  private final InstantSource clock;
  private final List<RoleListener> listeners = new CopyOnWriteArrayList<>();
  private RoleReport current = new RoleReport(Role.UNKNOWN, Instant.EPOCH, "");
  private Told told = Told.NOTHING;
  private String lastOut = "";

  Roles(ReportBoard board, InstantSource clock) {
    this.board = board;
    this.clock = clock;
  }

  void follow(RoleListener listener) {
    listeners.add(listener);
  }

  Role current() {
    return current.role();
  }

  /** The node is something for a reason that has nothing to do with keepalived's state. */
  void become(Role role, String why) {
    boolean same = current.role() == role;
    if (same && current.why().equals(why)) return;
    if (!same) tell(role);
    publish(new RoleReport(role, same ? current.since() : clock.instant(), why));
  }

  /** keepalived announced a change. */
  void announced(Role role, Redundancy.Vrrp vrrp, Standing standing, Keepalived keepalived)
      throws InterruptedException {
    Role before = current.role();
    if (role == before) return;
    if (role == Role.UNKNOWN) {
      become(role, "keepalived ended");
      return;
    }
    tell(role);
    Told later = keepalived.ask().orElse(told);
    note(standing);
    var change = new RoleWords.Change(before, standing, lastOut, isUp(vrrp), told, later);
    Instant since = later.role() == role ? later.since() : clock.instant();
    publish(new RoleReport(role, since, RoleWords.why(role, change, vrrp)));
    told = later;
    boolean ownDoing = standing instanceof Standing.Out;
    if (role == Role.PRIMARY || (role == Role.FAULT && !ownDoing)) lastOut = "";
  }

  /** keepalived runs already: what it is stands, and why it became that is not known any more. */
  void adopted(Keepalived keepalived) throws InterruptedException {
    Optional<Told> answer = keepalived.ask();
    if (answer.isEmpty() || answer.get().role() == Role.UNKNOWN) return;
    told = answer.get();
    tell(told.role());
    publish(new RoleReport(told.role(), told.since(), "was so when the agent started"));
  }

  /** A new process counts from 0. */
  void started() {
    told = Told.NOTHING;
    become(Role.UNKNOWN, "keepalived is starting");
  }

  /** Whether the node stands; while it does not, that is why it cannot take the addresses. */
  void note(Standing standing) {
    if (!(standing instanceof Standing.Out(String why))) return;
    lastOut = why;
    if (current.role() == Role.FAULT) become(Role.FAULT, why);
  }

  private void tell(Role role) {
    for (RoleListener listener : listeners) {
      try {
        listener.become(role);
      } catch (RuntimeException e) {
        log.error("somebody who follows the role failed at {}", role, e);
      }
    }
  }

  private void publish(RoleReport report) {
    current = report;
    board.role(report);
    log.info("is {}: {}", report.role(), report.why());
  }

  private static boolean isUp(Redundancy.Vrrp vrrp) {
    try {
      NetworkInterface found = NetworkInterface.getByName(vrrp.networkInterface());
      return found != null && found.isUp();
    } catch (IOException e) {
      return false;
    }
  }
}
