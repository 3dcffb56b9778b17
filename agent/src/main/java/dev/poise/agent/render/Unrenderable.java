package dev.poise.agent.render;

/** A spec that cannot be written as a configuration. */
public final class Unrenderable extends Exception {
  private final String why;

  Unrenderable(String message) {
    super(message);
    why = message;
  }

  /** The reason, for the reader of the spec. */
  public String why() {
    return why;
  }
}
