package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** Whether clients must show a certificate. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface ClientAuthentication {
  /** They need none. */
  @JsonTypeName("NONE")
  record None() implements ClientAuthentication {}

  /** They need one that this authority signed; all others are refused in the handshake. */
  @JsonTypeName("REQUIRED")
  record Required(BundleRef authority) implements ClientAuthentication {}
}
