/** The load balancer with its listeners, pools and members, and the status computed for it. */
@NullMarked
package dev.poise.server.loadbalancer;

import org.jspecify.annotations.NullMarked;
