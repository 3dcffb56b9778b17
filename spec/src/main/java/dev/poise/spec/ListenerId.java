package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/** The id of a listener: {@code lsn_} and 26 characters. */
public record ListenerId(@JsonValue String text) {
  /** The prefix of every id of this kind. */
  public static final String PREFIX = "lsn";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ListenerId {
    TypeId.require(PREFIX, text);
  }

  /** A new id. */
  public static ListenerId generate(Instant now) {
    return new ListenerId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
