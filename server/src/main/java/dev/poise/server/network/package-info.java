/** Data centres, VPCs, subnets and the addresses given out of them. */
@NullMarked
package dev.poise.server.network;

import org.jspecify.annotations.NullMarked;
