/**
 * Clusters and their nodes: where load balancers are served, and the revision that counts their
 * changes.
 */
@NullMarked
package dev.poise.server.cluster;

import org.jspecify.annotations.NullMarked;
