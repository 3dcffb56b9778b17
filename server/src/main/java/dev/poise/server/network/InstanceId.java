package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of an instance: {@code vm_} and 26 characters. */
public record InstanceId(@JsonValue String text) {
  public static final String PREFIX = "vm";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public InstanceId {
    TypeId.require(PREFIX, text);
  }

  static InstanceId generate(Instant now) {
    return new InstanceId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
