/** Measures what is shipped: how fast edits reach the traffic, memory, and requests per second. */
@NullMarked
package dev.poise.bench;

import org.jspecify.annotations.NullMarked;
