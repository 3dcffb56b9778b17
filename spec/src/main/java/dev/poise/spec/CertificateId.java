package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/** The id of a certificate: {@code cert_} and 26 characters. */
public record CertificateId(@JsonValue String text) {
  /** The prefix of every id of this kind. */
  public static final String PREFIX = "cert";

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public CertificateId {
    TypeId.require(PREFIX, text);
  }

  /** A new id. */
  public static CertificateId generate(Instant now) {
    return new CertificateId(TypeId.generate(PREFIX, now));
  }

  @Override
  public String toString() {
    return text;
  }
}
