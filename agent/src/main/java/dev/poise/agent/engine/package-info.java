/** HAProxy processes: their files, their starts and ends, their admin sockets. */
@NullMarked
package dev.poise.agent.engine;

import org.jspecify.annotations.NullMarked;
