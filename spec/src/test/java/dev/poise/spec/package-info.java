@NullMarked
package dev.poise.spec;

import org.jspecify.annotations.NullMarked;
