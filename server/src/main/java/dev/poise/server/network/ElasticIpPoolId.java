package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.poise.spec.TypeId;
import java.time.Instant;

/** The id of a pool of elastic IPs: {@code eippool_} and 26 characters. */
public record ElasticIpPoolId(@JsonValue String text) {
  public static final String PREFIX = "eippool";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ElasticIpPoolId {
    TypeId.require(PREFIX, text);
  }

  static ElasticIpPoolId generate(Instant now) {
    return new ElasticIpPoolId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
