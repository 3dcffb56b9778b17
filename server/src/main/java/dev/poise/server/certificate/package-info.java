/**
 * Certificates of tenants: taken in, checked, kept encrypted, and handed to the nodes that serve
 * them.
 */
@NullMarked
package dev.poise.server.certificate;

import org.jspecify.annotations.NullMarked;
