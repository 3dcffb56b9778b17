/** keepalived, and when the node stands for primary. */
@NullMarked
package dev.poise.agent.vrrp;

import org.jspecify.annotations.NullMarked;
