package dev.poise.server.certificate;

import java.time.Instant;
import java.util.List;

/**
 * What a certificate says of itself; of a bundle, what its first certificate says.
 *
 * @param commonName of the subject; its whole name if it has no common one
 * @param alternativeNames domains and IP addresses
 * @param keyAlgorithm with its size, such as {@code RSA 2048}
 * @param sha256Fingerprint as pairs of hexadecimal digits with colons, like the other one
 * @param notBefore from when on all of the bundle is valid
 * @param notAfter until when all of it is
 */
record Facts(
    String commonName,
    List<String> alternativeNames,
    String issuer,
    String serialNumber,
    String keyAlgorithm,
    String sha256Fingerprint,
    String md5Fingerprint,
    Instant notBefore,
    Instant notAfter) {
  Facts {
    alternativeNames = List.copyOf(alternativeNames);
  }

  State state(Instant now) {
    return State.of(notBefore, notAfter, now);
  }
}
