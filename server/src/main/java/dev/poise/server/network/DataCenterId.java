package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of a data centre: {@code dc_} and 26 characters. */
public record DataCenterId(@JsonValue String text) {
  public static final String PREFIX = "dc";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public DataCenterId {
    TypeId.require(PREFIX, text);
  }

  static DataCenterId generate(Instant now) {
    return new DataCenterId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
