/** Tenants, users and API keys: who is calling. */
@NullMarked
package dev.poise.server.identity;

import org.jspecify.annotations.NullMarked;
