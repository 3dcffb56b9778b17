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

  /** What is valid no longer than until then is expiring. */
  static Instant soon(Instant now) {
    return now.plus(SOON);
  }

  static State of(Instant notBefore, Instant notAfter, Instant now) {
    if (now.isAfter(notAfter)) return EXPIRED;
    if (now.isBefore(notBefore)) return NOT_YET_VALID;
    return soon(now).isBefore(notAfter) ? VALID : EXPIRING;
  }
}
