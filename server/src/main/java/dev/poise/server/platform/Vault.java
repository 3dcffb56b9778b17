package dev.poise.server.platform;

import dev.poise.server.platform.MasterKeys.MasterKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * Keeps secrets that the server must read again secret at rest, by an envelope.
 *
 * <p>Each secret is encrypted with a random key of its own, and that key with a master key; both
 * with AES-256-GCM. So changing the master key means writing some hundred bytes for each of them,
 * and no key encrypts so much that its random nonces could meet. What is encrypted is bound to its
 * owner's id, and the wrapped key to the master key's as well: a row whose secret was copied from
 * another one does not open.
 *
 * <p>The master keys are in the server's environment or a file, never in the database, so neither a
 * dump nor a stolen disk of the database gives away any of them.
 */
@Component
public final class Vault {
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final MasterKeys masterKeys;

  Vault(MasterKeys masterKeys) {
    this.masterKeys = masterKeys;
  }

  /** A secret as it is stored: encrypted, beside its key, which is encrypted too. */
  public static final class Sealed {
    private final String masterKeyId;
    private final byte[] wrappedKey;
    private final byte[] secret;

    public Sealed(String masterKeyId, byte[] wrappedKey, byte[] secret) {
      this.masterKeyId = masterKeyId;
      this.wrappedKey = wrappedKey;
      this.secret = secret;
    }

    public String masterKeyId() {
      return masterKeyId;
    }

    public byte[] wrappedKey() {
      return wrappedKey;
    }

    public byte[] secret() {
      return secret;
    }
  }

  /**
   * The id of the key that encrypts now.
   *
   * @throws Refusal.Unavailable if the server has none
   */
  public String masterKeyId() {
    return masterKeys.first().id();
  }

  public Sealed seal(String id, String text) {
    MasterKey master = masterKeys.first();
    byte[] key = random(KEY_BYTES);
    try {
      byte[] secret =
          encrypt(new SecretKeySpec(key, "AES"), id, text.getBytes(StandardCharsets.UTF_8));
      return new Sealed(master.id(), wrap(master, id, key), secret);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * The text again.
   *
   * @throws Refusal.Unavailable if the server does not have the master key
   */
  public String open(String id, Sealed sealed) {
    byte[] key = unwrap(id, sealed);
    try {
      return new String(
          decrypt(new SecretKeySpec(key, "AES"), id, sealed.secret()), StandardCharsets.UTF_8);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** The same secret under the key that encrypts now. */
  public Sealed rewrap(String id, Sealed sealed) {
    MasterKey master = masterKeys.first();
    byte[] key = unwrap(id, sealed);
    try {
      return new Sealed(master.id(), wrap(master, id, key), sealed.secret());
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] wrap(MasterKey master, String id, byte[] key) {
    return encrypt(master.key(), purpose(master, id), key);
  }

  private byte[] unwrap(String id, Sealed sealed) {
    MasterKey master = masterKeys.withId(sealed.masterKeyId());
    return decrypt(master.key(), purpose(master, id), sealed.wrappedKey());
  }

  private static String purpose(MasterKey master, String id) {
    return master.id() + " " + id;
  }

  private static byte[] encrypt(SecretKey key, String purpose, byte[] plain) {
    byte[] nonce = random(NONCE_BYTES);
    try {
      byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, key, nonce, purpose).doFinal(plain);
      byte[] stored = Arrays.copyOf(nonce, NONCE_BYTES + encrypted.length);
      System.arraycopy(encrypted, 0, stored, NONCE_BYTES, encrypted.length);
      return stored;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot encrypt for " + purpose, e);
    }
  }

  private static byte[] decrypt(SecretKey key, String purpose, byte[] stored) {
    byte[] nonce = Arrays.copyOf(stored, NONCE_BYTES);
    try {
      return cipher(Cipher.DECRYPT_MODE, key, nonce, purpose)
          .doFinal(stored, NONCE_BYTES, stored.length - NONCE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Cannot decrypt for " + purpose, e);
    }
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String purpose)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static byte[] random(int length) {
    byte[] random = new byte[length];
    RANDOM.nextBytes(random);
    return random;
  }
}
