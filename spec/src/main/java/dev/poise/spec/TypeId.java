package dev.poise.spec;

import java.security.SecureRandom;
import java.time.Instant;

/**
 * Makes and checks TypeIDs: a prefix, an underscore and a UUIDv7 as 26 characters of Crockford
 * base32.
 *
 * <p>The same text stands in URLs, SQL, logs, metrics and HAProxy section names, so that one grep
 * follows a thing through the system. The first 48 bits are the milliseconds of its making, so ids
 * of one kind sort by age.
 */
public final class TypeId {
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int SUFFIX_LENGTH = 26;

  /** By character: a manifest has hundreds of ids, and all are looked at. */
  private static final boolean[] ALLOWED = new boolean['z' + 1];

  static {
    for (char letter : ALPHABET.toCharArray()) ALLOWED[letter] = true;
  }

  private static final SecureRandom RANDOM = new SecureRandom();
  private static long latest;

  private TypeId() {}

  /** A new id, for example {@code lb_01h455vb4pex5vsknk084sn02q}. */
  public static String generate(String prefix, Instant now) {
    long time = timeAndCount(now.toEpochMilli());
    long high = (time >>> 12) << 16 | 0x7000 | (time & 0xfff);
    long low = 1L << 63 | RANDOM.nextLong() >>> 2;
    return prefix + "_" + base32(high, low);
  }

  private static synchronized long timeAndCount(long millis) {
    long first = millis << 12;
    latest = latest >>> 12 == millis ? latest + 1 : first;
    return latest;
  }

  /**
   * Gives the text back if it is an id of that kind.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static String require(String prefix, String text) {
    if (!isValid(prefix, text)) {
      throw new IllegalArgumentException(
          "not an id of the form " + prefix + "_ and 26 letters and digits");
    }
    return text;
  }

  /** Whether the text is an id of that kind. */
  public static boolean isValid(String prefix, String text) {
    int start = prefix.length() + 1;
    if (text.length() != start + SUFFIX_LENGTH
        || !text.startsWith(prefix)
        || text.charAt(start - 1) != '_') {
      return false;
    }
    if (text.charAt(start) > '7') return false;
    for (int i = start; i < text.length(); i++) {
      char letter = text.charAt(i);
      if (letter >= ALLOWED.length || !ALLOWED[letter]) return false;
    }
    return true;
  }

  private static String base32(long high, long low) {
    char[] text = new char[SUFFIX_LENGTH];
    for (int i = SUFFIX_LENGTH - 1; i >= 0; i--) {
      text[i] = ALPHABET.charAt((int) (low & 31));
      low = (low >>> 5) | (high << 59);
      high >>>= 5;
    }
    return new String(text);
  }
}
