/** Tests of the renderer, by golden files and the real checker. */
@NullMarked
package dev.poise.agent.render;

import org.jspecify.annotations.NullMarked;
