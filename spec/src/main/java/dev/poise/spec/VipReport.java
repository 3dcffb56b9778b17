package dev.poise.spec;

/**
 * What went through an address of a load balancer since the agent began to count. Counted where the
 * kernel sees packets; absent from a node that cannot.
 */
public record VipReport(
    IpAddress address,
    long receivedPackets,
    long receivedBytes,
    long transmittedPackets,
    long transmittedBytes) {}
