/** Tests of the port for agents. */
@NullMarked
package dev.poise.server.channel;

import org.jspecify.annotations.NullMarked;
