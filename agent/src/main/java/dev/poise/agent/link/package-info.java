/** The four calls to the server. */
@NullMarked
package dev.poise.agent.link;

import org.jspecify.annotations.NullMarked;
