package dev.poise.server.platform;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A random key that is shown once and kept only as its SHA-256. With 256 random bits there is
 * nothing to guess, so a slow hash would add cost to every request and nothing else.
 */
public record Secret(String text) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * A new key.
   *
   * @param prefix says what it opens, so that a leaked one is recognised
   */
  public static Secret generate(String prefix) {
    byte[] random = new byte[32];
    RANDOM.nextBytes(random);
    return new Secret(
        prefix + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
  }

  /** What is stored and looked up. */
  public byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "Secret[hidden]";
  }
}
