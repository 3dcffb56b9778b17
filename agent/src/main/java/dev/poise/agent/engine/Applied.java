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

  /** Many replaced processes still drain: the next one should not be added yet. */
  record Later(Duration pause) implements Applied {}
}
