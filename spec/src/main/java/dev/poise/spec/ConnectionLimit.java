package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** How many connections a listener holds at once; the one above is refused, not queued. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface ConnectionLimit {
  /** Bounded by the node alone. */
  @JsonTypeName("UNLIMITED")
  record Unlimited() implements ConnectionLimit {}

  /** At most so many. */
  @JsonTypeName("AT_MOST")
  record AtMost(int connections) implements ConnectionLimit {}
}
