package dev.poise.server.identity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of an API key: {@code key_} and 26 characters. */
public record ApiKeyId(@JsonValue String text) {
  public static final String PREFIX = "key";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ApiKeyId {
    TypeId.require(PREFIX, text);
  }

  static ApiKeyId generate(Instant now) {
    return new ApiKeyId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
