/** Looks at a machine as an operator would, and says what stands in the way of the node. */
@NullMarked
package dev.poise.agent.doctor;

import org.jspecify.annotations.NullMarked;
