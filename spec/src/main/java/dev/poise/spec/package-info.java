/**
 * The contract between server and agent: ids, records, sealed types and the one JSON codec that
 * writes them.
 */
@NullMarked
package dev.poise.spec;

import org.jspecify.annotations.NullMarked;
