package dev.poise.server.platform;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of a tenant: {@code ten_} and 26 characters. */
public record TenantId(@JsonValue String text) {
  public static final String PREFIX = "ten";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public TenantId {
    TypeId.require(PREFIX, text);
  }

  public static TenantId generate(Instant now) {
    return new TenantId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
