/** Tests of quotas. */
@NullMarked
package dev.poise.server.quota;

import org.jspecify.annotations.NullMarked;
