@NullMarked
package dev.poise.server.platform;

import org.jspecify.annotations.NullMarked;
