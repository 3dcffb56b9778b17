package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/** The id of a VPC: {@code vpc_} and 26 characters. */
public record VpcId(@JsonValue String text) {
  /** The prefix of every id of this kind. */
  public static final String PREFIX = "vpc";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public VpcId {
    TypeId.require(PREFIX, text);
  }

  /** A new id. */
  public static VpcId generate(Instant now) {
    return new VpcId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
