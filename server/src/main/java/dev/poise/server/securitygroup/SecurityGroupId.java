package dev.poise.server.securitygroup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of a security group: {@code sg_} and 26 characters. */
public record SecurityGroupId(@JsonValue String text) {
  public static final String PREFIX = "sg";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SecurityGroupId {
    TypeId.require(PREFIX, text);
  }

  static SecurityGroupId generate(Instant now) {
    return new SecurityGroupId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
