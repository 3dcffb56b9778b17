package dev.poise.server.certificate;

/** Who sees a certificate and may use it. */
public enum Sharing {
  /** Its creator alone. */
  PRIVATE,
  /** Everybody of the tenant. */
  TENANT
}
