package dev.poise.spec;

/**
 * Counters of a listener since the agent began to count; they only grow while the agent runs, over
 * reloads too.
 *
 * <p>For UDP a connection is a session.
 *
 * @param activeConnections open now
 * @param connections those that were served, not those that were refused
 * @param refusedConnections closed at once, because of the connection limit or because the client
 *     is not let in
 * @param receivedPackets from clients; 0 on a node that cannot count packets
 */
public record ListenerReport(
    ListenerId id,
    long activeConnections,
    long connections,
    long refusedConnections,
    long requests,
    long receivedBytes,
    long transmittedBytes,
    long responses2xx,
    long responses3xx,
    long responses4xx,
    long responses5xx,
    long receivedPackets,
    long transmittedPackets) {}
