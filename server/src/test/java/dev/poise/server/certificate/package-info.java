@NullMarked
package dev.poise.server.certificate;

import org.jspecify.annotations.NullMarked;
