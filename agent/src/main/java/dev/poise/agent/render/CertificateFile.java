package dev.poise.agent.render;

/**
 * A file that holds certificate material.
 *
 * @param name relative to the configuration file; the same in every generation, whatever material
 *     it holds
 * @param digest SHA-256 of the PEM text that belongs into it
 */
public record CertificateFile(String name, Kind kind, String digest) {
  /** What the material is for. */
  public enum Kind {
    /** A leaf, its intermediates and its private key: what clients are shown. */
    SERVER,
    /** The authorities a client's certificate must be signed by. */
    CLIENT_AUTHORITY
  }
}
