package dev.poise.agent.kernel;

/** What a counter of the kernel says. */
public record Traffic(long packets, long bytes) {
  /** Nothing yet. */
  public static final Traffic NONE = new Traffic(0, 0);
}
