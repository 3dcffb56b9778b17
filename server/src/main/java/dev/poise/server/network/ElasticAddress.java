package dev.poise.server.network;

import dev.poise.spec.IpAddress;

/** An elastic IP as those know it whose entrance it is. */
public record ElasticAddress(ElasticIpId id, IpAddress address) {}
