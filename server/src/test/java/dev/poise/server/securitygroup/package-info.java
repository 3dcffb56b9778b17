@NullMarked
package dev.poise.server.securitygroup;

import org.jspecify.annotations.NullMarked;
