/** Tests of networks of VPCs. */
@NullMarked
package dev.poise.agent.network;

import org.jspecify.annotations.NullMarked;
