package dev.poise.agent.engine;

/**
 * One process for as long as it lives. Pids are used again; a pid together with the start time is
 * not.
 *
 * @param startTicks when it started, in the kernel's ticks since boot
 */
public record ProcessIdentity(long pid, long startTicks) {}
