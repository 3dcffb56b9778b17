/**
 * What every part of the API shares: problems, bodies, paging, conditions, idempotency, signals.
 */
@NullMarked
package dev.poise.server.platform;

import org.jspecify.annotations.NullMarked;
