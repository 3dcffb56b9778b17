/** The way to the server: the channel, joining, and the calls that a node makes. */
@NullMarked
package dev.poise.agent.link;

import org.jspecify.annotations.NullMarked;
