/** Tests of the kernel side. */
@NullMarked
package dev.poise.agent.kernel;

import org.jspecify.annotations.NullMarked;
