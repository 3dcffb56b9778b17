package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/** The id of a member of a pool: {@code mbr_} and 26 characters. */
public record MemberId(@JsonValue String text) {
  /** The prefix of every id of this kind. */
  public static final String PREFIX = "mbr";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public MemberId {
    TypeId.require(PREFIX, text);
  }

  /** A new id. */
  public static MemberId generate(Instant now) {
    return new MemberId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
