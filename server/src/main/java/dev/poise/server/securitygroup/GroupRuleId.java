package dev.poise.server.securitygroup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of a rule of a security group: {@code sgr_} and 26 characters. */
public record GroupRuleId(@JsonValue String text) {
  public static final String PREFIX = "sgr";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public GroupRuleId {
    TypeId.require(PREFIX, text);
  }

  static GroupRuleId generate(Instant now) {
    return new GroupRuleId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
