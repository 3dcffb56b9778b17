/** Wiring: configuration, security, documentation, start. */
@NullMarked
package dev.poise.server.app;

import org.jspecify.annotations.NullMarked;
