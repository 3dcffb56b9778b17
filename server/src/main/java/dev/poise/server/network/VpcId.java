package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of a VPC: {@code vpc_} and 26 characters. */
public record VpcId(@JsonValue String text) {
  public static final String PREFIX = "vpc";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public VpcId {
    TypeId.require(PREFIX, text);
  }

  static VpcId generate(Instant now) {
    return new VpcId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
