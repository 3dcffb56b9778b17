/** What agents know the control plane by, and where they find it. */
@NullMarked
package dev.poise.server.channel;

import org.jspecify.annotations.NullMarked;
