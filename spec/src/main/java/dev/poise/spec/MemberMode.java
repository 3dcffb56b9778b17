package dev.poise.spec;

/** Whether a member takes traffic, as its owner wishes. */
public enum MemberMode {
  /** Checked, and given traffic while healthy. */
  ENABLED,
  /** Neither checked nor given anything new; what it still serves goes on. */
  DISABLED,
  /** Checked but given nothing new; becomes DISABLED when its last connection ended. */
  DRAINING
}
