package dev.poise.agent.vrrp;

import dev.poise.spec.RoleReport.Role;

/** Somebody who follows what the node is in its cluster. */
public interface RoleListener {
  /**
   * The node became this. {@code PRIMARY} and {@code NONE} mean that it shall answer for the
   * addresses of its load balancers, {@code BACKUP} and {@code FAULT} that it must not. {@code
   * UNKNOWN} means that keepalived is being started or asked: leave everything as it is.
   *
   * <p>Called one after the other by the thread that looks after keepalived, which waits: whoever
   * has much to do notes it and does it elsewhere.
   */
  void become(Role role);
}
