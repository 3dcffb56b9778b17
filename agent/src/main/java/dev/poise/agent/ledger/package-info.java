/** What the node was told, on disk, so that it serves on without the server. */
@NullMarked
package dev.poise.agent.ledger;

import org.jspecify.annotations.NullMarked;
