/** How much a tenant may have of each kind of thing. */
@NullMarked
package dev.poise.server.quota;

import org.jspecify.annotations.NullMarked;
