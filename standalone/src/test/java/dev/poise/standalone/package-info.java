/** Tests of what runs everything on one machine. */
@NullMarked
package dev.poise.standalone;

import org.jspecify.annotations.NullMarked;
