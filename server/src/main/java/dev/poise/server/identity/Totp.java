package dev.poise.server.identity;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Time-based one-time codes (RFC 6238) the way all authenticators know them: HMAC-SHA-1, six
 * digits, a new one each half minute. A code is taken half a minute early or late, because clocks
 * differ and people type slowly.
 */
final class Totp {
  private static final int KEY_BYTES = 20;
  private static final int STEP_SECONDS = 30;
  private static final int DIGITS = 6;
  private static final int MODULUS = 1_000_000;
  private static final int TOLERATED_STEPS = 1;
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final SecureRandom RANDOM = new SecureRandom();

  private Totp() {}

  static byte[] newKey() {
    byte[] key = new byte[KEY_BYTES];
    RANDOM.nextBytes(key);
    return key;
  }

  /** The number of the half minute. */
  static long step(Instant time) {
    return time.getEpochSecond() / STEP_SECONDS;
  }

  static String code(byte[] key, long step) {
    byte[] hash;
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(key, "HmacSHA1"));
      hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HmacSHA1", e);
    }
    int offset = hash[hash.length - 1] & 0xf;
    int number = ByteBuffer.wrap(hash, offset, Integer.BYTES).getInt() & Integer.MAX_VALUE;
    return String.format(Locale.ROOT, "%0" + DIGITS + "d", number % MODULUS);
  }

  static boolean looksLikeCode(String text) {
    return text.length() == DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** The half minute that the code is of, if it is of one around now. */
  static OptionalLong stepOf(byte[] key, String code, Instant now) {
    long middle = step(now);
    for (long step = middle - TOLERATED_STEPS; step <= middle + TOLERATED_STEPS; step++) {
      if (code(key, step).equals(code)) return OptionalLong.of(step);
    }
    return OptionalLong.empty();
  }

  /** What a person types when the picture cannot be scanned (RFC 4648, without padding). */
  static String base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int bits = 0;
    int pending = 0;
    for (byte next : bytes) {
      pending = (pending << 8 | (next & 0xff)) & 0xfff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(BASE32.charAt(pending >>> bits & 31));
      }
    }
    if (bits > 0) text.append(BASE32.charAt(pending << (5 - bits) & 31));
    return text.toString();
  }
}
