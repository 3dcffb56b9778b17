package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/** The id of a node: {@code node_} and 26 characters. */
public record NodeId(@JsonValue String text) {
  /** The prefix of every id of this kind. */
  public static final String PREFIX = "node";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public NodeId {
    TypeId.require(PREFIX, text);
  }

  /** A new id. */
  public static NodeId generate(Instant now) {
    return new NodeId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
