package dev.poise.server.certificate;

import java.time.Duration;
import java.time.Instant;

/** Where a certificate is in its time. */
public enum State {
  VALID,
  /** It is valid for no more than 30 days. */
  EXPIRING,
  EXPIRED,
  NOT_YET_VALID;

  private static final Duration SOON = Duration.ofDays(30);

  static State of(Instant notBefore, Instant notAfter, Instant now) {
    if (now.isAfter(notAfter)) return EXPIRED;
    if (now.isBefore(notBefore)) return NOT_YET_VALID;
    return now.plus(SOON).isBefore(notAfter) ? VALID : EXPIRING;
  }
}
