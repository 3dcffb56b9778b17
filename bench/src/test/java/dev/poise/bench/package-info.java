/** Tests of what turns measurements into figures. */
@NullMarked
package dev.poise.bench;

import org.jspecify.annotations.NullMarked;
