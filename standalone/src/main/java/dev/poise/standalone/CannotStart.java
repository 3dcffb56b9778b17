package dev.poise.standalone;

/** Something cannot be started. The message is one or two sentences for the person who tried. */
public final class CannotStart extends RuntimeException {
  private final String sentence;

  CannotStart(String sentence) {
    super(sentence);
    this.sentence = sentence;
  }

  CannotStart(String sentence, Throwable cause) {
    super(sentence, cause);
    this.sentence = sentence;
  }

  /** The message. */
  public String sentence() {
    return sentence;
  }
}
