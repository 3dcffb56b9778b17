package dev.poise.spec;

/** A port of a load balancer, what is spoken on it, and the pool its traffic goes to. */
public record ListenerSpec(
    ListenerId id,
    int port,
    Protocol protocol,
    ConnectionLimit connectionLimit,
    Sources sources,
    PoolId defaultPool) {}
