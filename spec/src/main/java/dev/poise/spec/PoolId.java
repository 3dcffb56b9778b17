package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/** The id of a pool: {@code pool_} and 26 characters. */
public record PoolId(@JsonValue String text) {
  /** The prefix of every id of this kind. */
  public static final String PREFIX = "pool";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public PoolId {
    TypeId.require(PREFIX, text);
  }

  /** A new id. */
  public static PoolId generate(Instant now) {
    return new PoolId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
