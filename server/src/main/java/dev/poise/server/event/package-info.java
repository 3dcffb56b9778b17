/** What changed, told to those who follow: one ordered, resumable stream per tenant. */
@NullMarked
package dev.poise.server.event;

import org.jspecify.annotations.NullMarked;
