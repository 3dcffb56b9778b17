package dev.poise.agent.render;

/** A spec that cannot be written as a configuration; the message says why. */
public final class Unrenderable extends Exception {
  Unrenderable(String message) {
    super(message);
  }
}
