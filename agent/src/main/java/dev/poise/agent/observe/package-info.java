/** Turns what the processes say into reports. */
@NullMarked
package dev.poise.agent.observe;

import org.jspecify.annotations.NullMarked;
