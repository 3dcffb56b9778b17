package dev.poise.agent.doctor;

/** What one look at the machine found, as a line for an operator. */
sealed interface Finding {
  /** As it should be. */
  record Ok(String what) implements Finding {}

  /** The node works, less well than it could. */
  record Warn(String what, String remedy) implements Finding {}

  /** The node does not work, or not for long. */
  record Fail(String what, String remedy) implements Finding {}

  /** Its line. */
  default String line() {
    return switch (this) {
      case Ok(String what) -> "ok    " + what;
      case Warn(String what, String remedy) -> "warn  " + what + "  - " + remedy;
      case Fail(String what, String remedy) -> "fail  " + what + "  - " + remedy;
    };
  }
}
