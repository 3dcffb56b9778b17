/** What nodes said, as they said it. */
@NullMarked
package dev.poise.server.observation;

import org.jspecify.annotations.NullMarked;
