package dev.poise.server.loadbalancer;

import dev.poise.server.network.InstanceId;

/**
 * Which instance a member is.
 *
 * @param followsPrimary whether the member has the instance's primary address, whatever that is;
 *     else it has one of the instance's addresses for good
 */
public record InstanceLink(InstanceId id, boolean followsPrimary) {}
