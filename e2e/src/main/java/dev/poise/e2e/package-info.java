/**
 * Drives what is shipped: a real PostgreSQL, server, agent and HAProxy, with real traffic. Start
 * reading at {@link World}.
 */
@NullMarked
package dev.poise.e2e;

import org.jspecify.annotations.NullMarked;
