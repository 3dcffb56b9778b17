/** Turns specs into the files HAProxy reads; pure, without any input or output. */
@NullMarked
package dev.poise.agent.render;

import org.jspecify.annotations.NullMarked;
