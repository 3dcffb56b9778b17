package dev.poise.server.loadbalancer;

import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.SubnetId;
import dev.poise.server.network.VpcId;
import dev.poise.spec.ClusterId;

/** Where a load balancer is; decided when it is made. */
public record Placement(DataCenterId dataCenter, VpcId vpc, SubnetId subnet, ClusterId cluster) {}
