@NullMarked
package dev.poise.server.network;

import org.jspecify.annotations.NullMarked;
