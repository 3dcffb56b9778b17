/** A running server for tests. */
@NullMarked
package dev.poise.server;

import org.jspecify.annotations.NullMarked;
