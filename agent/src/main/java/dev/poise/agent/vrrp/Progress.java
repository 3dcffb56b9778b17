package dev.poise.agent.vrrp;

/** How far the agent is with what it was told. */
public interface Progress {
  /** Every load balancer was looked at since the agent began. */
  boolean isComplete();

  /** The server was asked, and everything it wants was tried. */
  boolean isCaughtUp();
}
