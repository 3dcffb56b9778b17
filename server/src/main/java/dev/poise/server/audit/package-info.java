/** The append-only record of every change. */
@NullMarked
package dev.poise.server.audit;

import org.jspecify.annotations.NullMarked;
