package dev.poise.spec;

/**
 * The machine is a node now.
 *
 * @param key what the node shows with every call from now on; nobody can read it again
 */
public record JoinAnswer(NodeId node, ClusterId cluster, String key) {}
