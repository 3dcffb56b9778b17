package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;

/** What became of the newest generation a node was given. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Outcome {
  /** The generation this is about. */
  long generation();

  /** The running process says that it serves this generation. */
  @JsonTypeName("APPLIED")
  record Applied(long generation) implements Outcome {}

  /**
   * It cannot be served; what served before goes on.
   *
   * @param why the tool's own words
   */
  @JsonTypeName("REFUSED")
  record Refused(long generation, String why, Instant since) implements Outcome {}

  /** The node does not act on it yet. */
  @JsonTypeName("HELD")
  record Held(long generation, String why) implements Outcome {}
}
