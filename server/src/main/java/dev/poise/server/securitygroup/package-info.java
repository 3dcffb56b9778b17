/** Security groups: rules that say which clients get in, and what they come to for a port. */
@NullMarked
package dev.poise.server.securitygroup;

import org.jspecify.annotations.NullMarked;
