package dev.poise.agent.render;

import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.PoolId;

/**
 * A member as one server of one backend. A pool that several listeners use is one backend each, and
 * a rule may send to some members of it, so a member may have several.
 *
 * @param checkedIn the backend in which the member is checked on behalf of this one: this one
 *     itself, or the one of the listener's default pool
 * @param weight as HAProxy counts it, 0 for what gets nothing new
 */
public record ServerLine(
    String backend, String checkedIn, PoolId pool, MemberSpec member, int weight) {

  /** How the server is named in its backend. */
  public String name() {
    return member.id().text();
  }

  /** How commands name it. */
  public String fullName() {
    return backend + "/" + name();
  }

  /** Whether it has no checks of its own, and is up when the one that is checked is. */
  public boolean follows() {
    return !checkedIn.equals(backend);
  }

  /** Whether it is neither checked nor used. */
  public boolean disabled() {
    return member.mode() == MemberMode.DISABLED;
  }
}
