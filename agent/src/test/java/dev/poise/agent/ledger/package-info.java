/** Tests of what is kept on disk and of the removal guard. */
@NullMarked
package dev.poise.agent.ledger;

import org.jspecify.annotations.NullMarked;
