/** Tenants, users, keys and sessions: who is calling, and what they may do. */
@NullMarked
package dev.poise.server.identity;

import org.jspecify.annotations.NullMarked;
