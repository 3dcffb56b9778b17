package dev.poise.spec;

/**
 * Names certificate material without holding it. A node fetches what it does not have, see {@link
 * AgentApi}, keeps it readable by itself alone, and deletes what no spec names any more.
 *
 * @param digest SHA-256 of the PEM text, as 64 hexadecimal digits
 */
public record BundleRef(CertificateId certificate, String digest) {}
