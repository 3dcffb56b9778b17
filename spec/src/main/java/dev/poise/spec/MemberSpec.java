package dev.poise.spec;

/**
 * One destination of a pool.
 *
 * @param number 1 and up, never reused in its pool: the same on every node and for ever, because
 *     consistent hashing places a member by it
 * @param weight its share against the other members, 0-100; 0 gets no new traffic
 */
public record MemberSpec(
    MemberId id, int number, IpAddress address, int port, int weight, MemberMode mode) {}
