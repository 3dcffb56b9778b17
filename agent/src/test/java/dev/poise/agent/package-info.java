/** Tests of the agent as a whole. */
@NullMarked
package dev.poise.agent;

import org.jspecify.annotations.NullMarked;
