package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/** The id of a content forwarding rule: {@code rule_} and 26 characters. */
public record RuleId(@JsonValue String text) {
  /** The prefix of every id of this kind. */
  public static final String PREFIX = "rule";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public RuleId {
    TypeId.require(PREFIX, text);
  }

  /** A new id. */
  public static RuleId generate(Instant now) {
    return new RuleId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
