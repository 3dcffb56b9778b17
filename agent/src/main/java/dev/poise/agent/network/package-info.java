/** Networks of VPCs that are not the node's own, as network namespaces. */
@NullMarked
package dev.poise.agent.network;

import org.jspecify.annotations.NullMarked;
