package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/** The id of a load balancer: {@code lb_} and 26 characters. */
public record LoadBalancerId(@JsonValue String text) {
  /** The prefix of every id of this kind. */
  public static final String PREFIX = "lb";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public LoadBalancerId {
    TypeId.require(PREFIX, text);
  }

  /** A new id. */
  public static LoadBalancerId generate(Instant now) {
    return new LoadBalancerId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
