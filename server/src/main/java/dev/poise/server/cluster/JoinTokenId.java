package dev.poise.server.cluster;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of a join token: {@code join_} and 26 characters. */
public record JoinTokenId(@JsonValue String text) {
  public static final String PREFIX = "join";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public JoinTokenId {
    TypeId.require(PREFIX, text);
  }

  static JoinTokenId generate(Instant now) {
    return new JoinTokenId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
