package dev.poise.server.identity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of a session: {@code ses_} and 26 characters. */
public record SessionId(@JsonValue String text) {
  public static final String PREFIX = "ses";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SessionId {
    TypeId.require(PREFIX, text);
  }

  static SessionId generate(Instant now) {
    return new SessionId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
