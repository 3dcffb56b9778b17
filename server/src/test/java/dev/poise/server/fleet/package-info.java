@NullMarked
package dev.poise.server.fleet;

import org.jspecify.annotations.NullMarked;
