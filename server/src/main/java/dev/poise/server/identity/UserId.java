package dev.poise.server.identity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of a user: {@code usr_} and 26 characters. */
public record UserId(@JsonValue String text) {
  public static final String PREFIX = "usr";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public UserId {
    TypeId.require(PREFIX, text);
  }

  static UserId generate(Instant now) {
    return new UserId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
