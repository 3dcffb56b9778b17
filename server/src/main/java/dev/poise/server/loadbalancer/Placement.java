package dev.poise.server.loadbalancer;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.SubnetId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.VpcId;

/**
 * Where a load balancer is; decided when it is made.
 *
 * @param isolated whether the VPC is a network of its own
 */
public record Placement(
    DataCenterId dataCenter, VpcId vpc, SubnetId subnet, ClusterId cluster, boolean isolated) {}
