package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of an elastic IP: {@code eip_} and 26 characters. */
public record ElasticIpId(@JsonValue String text) {
  public static final String PREFIX = "eip";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ElasticIpId {
    TypeId.require(PREFIX, text);
  }

  static ElasticIpId generate(Instant now) {
    return new ElasticIpId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
