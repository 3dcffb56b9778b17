package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/** The id of a cluster of nodes: {@code cls_} and 26 characters. */
public record ClusterId(@JsonValue String text) {
  /** The prefix of every id of this kind. */
  public static final String PREFIX = "cls";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ClusterId {
    TypeId.require(PREFIX, text);
  }

  /** A new id. */
  public static ClusterId generate(Instant now) {
    return new ClusterId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
