package dev.poise.agent.engine;

import java.time.Duration;

/** What became of an attempt to serve a spec. */
public sealed interface Applied {
  /** The running process says that it serves it; or nothing is to be served and nothing runs. */
  record Done() implements Applied {}

  /**
   * It cannot be served; what served before goes on.
   *
   * @param why in the tool's own words
   */
  record Refused(String why) implements Applied {}

  /** It is to be tried again soon: what it needs is not there yet. */
  record Later(Duration pause, String why) implements Applied {}
}
