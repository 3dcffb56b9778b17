/** What nobody may see or do who is not entitled to, for every route there is. */
@NullMarked
package dev.poise.server.isolation;

import org.jspecify.annotations.NullMarked;
