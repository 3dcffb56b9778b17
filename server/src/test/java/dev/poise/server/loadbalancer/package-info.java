@NullMarked
package dev.poise.server.loadbalancer;

import org.jspecify.annotations.NullMarked;
