/** The agents' side: manifests out, reports in. */
@NullMarked
package dev.poise.server.fleet;

import org.jspecify.annotations.NullMarked;
