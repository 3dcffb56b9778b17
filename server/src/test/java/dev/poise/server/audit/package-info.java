/** Tests of the audit log. */
@NullMarked
package dev.poise.server.audit;

import org.jspecify.annotations.NullMarked;
