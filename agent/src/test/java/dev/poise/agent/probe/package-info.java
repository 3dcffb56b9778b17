/** Tests of checks by datagrams. */
@NullMarked
package dev.poise.agent.probe;

import org.jspecify.annotations.NullMarked;
