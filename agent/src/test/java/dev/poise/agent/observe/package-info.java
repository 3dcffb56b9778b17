/** Tests of reports. */
@NullMarked
package dev.poise.agent.observe;

import org.jspecify.annotations.NullMarked;
