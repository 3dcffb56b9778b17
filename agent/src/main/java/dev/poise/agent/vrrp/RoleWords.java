package dev.poise.agent.vrrp;

import dev.poise.agent.vrrp.Candidacy.Standing;
import dev.poise.spec.Redundancy;
import dev.poise.spec.RoleReport.Role;

/** Says why a node became what it is. */
final class RoleWords {
  private RoleWords() {}

  /**
   * What was the case at a change.
   *
   * @param before what the node was
   * @param lastOut why it did not stand when it did not, last; empty if it always did
   * @param interfaceUp whether the interface that the nodes talk over works
   * @param earlier what keepalived told before the change
   * @param later what it told after it
   */
  record Change(
      Role before,
      Standing standing,
      String lastOut,
      boolean interfaceUp,
      Told earlier,
      Told later) {}

  static String why(Role role, Change change, Redundancy.Vrrp vrrp) {
    return switch (role) {
      case PRIMARY -> "became primary: " + whyPrimary(change, vrrp);
      case BACKUP -> whyBackup(change);
      case FAULT -> whyFault(change, vrrp);
      case NONE, UNKNOWN -> "";
    };
  }

  private static String whyPrimary(Change change, Redundancy.Vrrp vrrp) {
    String other = vrrp.peers().size() == 1 ? vrrp.peers().getFirst().text() : "the primary before";
    if (change.later().farewells() > change.earlier().farewells()) return other + " gave way";
    if (change.later().heard() > 0) return other + " stopped advertising";
    return "no other node advertised";
  }

  private static String whyBackup(Change change) {
    if (change.before() == Role.PRIMARY) return "another node has the addresses";
    if (change.lastOut().startsWith("gave way")) return change.lastOut();
    return "ready to take the addresses";
  }

  private static String whyFault(Change change, Redundancy.Vrrp vrrp) {
    if (change.standing() instanceof Standing.Out(String why)) return why;
    if (!change.interfaceUp()) return "interface " + vrrp.networkInterface() + " is down";
    return "keepalived says that it cannot take the addresses";
  }
}
