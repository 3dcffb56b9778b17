package dev.poise.standalone;

/** Something cannot be started. The message is one or two sentences for the person who tried. */
public final class CannotStart extends RuntimeException {
  CannotStart(String message) {
    super(message);
  }

  CannotStart(String message, Throwable cause) {
    super(message, cause);
  }
}
