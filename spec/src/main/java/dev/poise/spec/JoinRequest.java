package dev.poise.spec;

/**
 * How a machine becomes a node.
 *
 * @param token what an operator was given for it; it works once
 * @param name what the node will be called
 * @param address where the other nodes of the cluster reach it
 */
public record JoinRequest(String token, String name, IpAddress address) {}
