/** Tests of the engine with real HAProxy processes and real traffic. */
@NullMarked
package dev.poise.agent.engine;

import org.jspecify.annotations.NullMarked;
