package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of a subnet: {@code sub_} and 26 characters. */
public record SubnetId(@JsonValue String text) {
  public static final String PREFIX = "sub";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SubnetId {
    TypeId.require(PREFIX, text);
  }

  static SubnetId generate(Instant now) {
    return new SubnetId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
