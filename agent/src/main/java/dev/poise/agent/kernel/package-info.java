/** The kernel's side of a node: nftables' rules and counters, connection tracking's sessions. */
@NullMarked
package dev.poise.agent.kernel;

import org.jspecify.annotations.NullMarked;
