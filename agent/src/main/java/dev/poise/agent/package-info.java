/** The node agent: keeps a node what its manifest says, and wires the packages below. */
@NullMarked
package dev.poise.agent;

import org.jspecify.annotations.NullMarked;
