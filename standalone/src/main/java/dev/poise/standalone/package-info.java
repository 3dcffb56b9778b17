/**
 * Everything on one machine, for evaluation and for tests: PostgreSQL, a server, a node, a demo.
 */
@NullMarked
package dev.poise.standalone;

import org.jspecify.annotations.NullMarked;
