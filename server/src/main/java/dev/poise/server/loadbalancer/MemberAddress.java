package dev.poise.server.loadbalancer;

import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.IpAddress;

/**
 * Which addresses a member may have. A node opens connections to it, so an address that means the
 * node itself would let a tenant reach what only the node should: loopback is for load balancers
 * that are on loopback, as in an evaluation.
 */
final class MemberAddress {
  private MemberAddress() {}

  static void require(IpAddress address, IpAddress vip) {
    int first = octet(address, 0);
    boolean loopback = first == 127 && octet(vip, 0) != 127;
    boolean linkLocal = first == 169 && octet(address, 1) == 254;
    boolean noHost = first == 0 || first >= 224;
    if (loopback || linkLocal || noHost) {
      throw new Refusal.Invalid(
          "/address",
          ProblemType.VALIDATION_FAILED,
          "A member cannot have the address " + address + ".");
    }
  }

  private static int octet(IpAddress address, int index) {
    return Integer.parseInt(address.text().split("\\.", -1)[index]);
  }
}
