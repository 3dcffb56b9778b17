@NullMarked
package dev.poise.server.identity;

import org.jspecify.annotations.NullMarked;
