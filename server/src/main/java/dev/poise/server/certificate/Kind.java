package dev.poise.server.certificate;

/** What a certificate is for. */
public enum Kind {
  /** Shown to clients: a chain with its private key. */
  SERVER,
  /** Tells which clients are let in: the certificates of authorities, without a key. */
  CLIENT_CA
}
