/** Tests of reports. */
@NullMarked
package dev.poise.agent.probe;

import org.jspecify.annotations.NullMarked;
