@NullMarked
package dev.poise.server.event;

import org.jspecify.annotations.NullMarked;
