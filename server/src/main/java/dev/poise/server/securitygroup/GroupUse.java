package dev.poise.server.securitygroup;

import dev.poise.spec.LoadBalancerId;
import io.swagger.v3.oas.annotations.media.Schema;

/** A load balancer that a security group is bound to. */
@Schema(name = "SecurityGroupUse")
public record GroupUse(LoadBalancerId loadBalancerId, String loadBalancerName) {}
