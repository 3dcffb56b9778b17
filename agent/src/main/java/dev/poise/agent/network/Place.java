package dev.poise.agent.network;

import dev.poise.agent.kernel.Namespace;

/** Where load balancers of a network live on this node. */
public sealed interface Place {
  /** In that namespace. */
  record In(Namespace namespace) implements Place {}

  /** Nowhere yet; soon somewhere. */
  record NotYet(String why) implements Place {}

  /** Nowhere. */
  record Nowhere(String why) implements Place {}
}
