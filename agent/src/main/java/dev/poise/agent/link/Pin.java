package dev.poise.agent.link;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * What a server is known by: SHA-256 of the public key of its certificate, written as curl does,
 * {@code sha256//} and Base64.
 */
public record Pin(String text) {
  private static final Pattern FORM = Pattern.compile("sha256//[A-Za-z0-9+/]{43}=");

  /**
   * A pin.
   *
   * @throws IllegalArgumentException if it is none
   */
  public Pin {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a pin, such as sha256//47DEQpj8HBSa...=");
    }
  }

  /** The pin of a certificate. */
  public static Pin of(X509Certificate certificate) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
      return new Pin("sha256//" + Base64.getEncoder().encodeToString(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
