package dev.poise.server.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The keys that keep secrets secret which the server must be able to read again. The first one
 * encrypts, each of them decrypts; so a new one is put in front, and the old one taken away when
 * nothing is encrypted under it any more.
 *
 * <p>A key's id is computed from it. An id given by hand could be given to the wrong key, and
 * nobody would know until a restore.
 */
@Component
final class MasterKeys {
  private static final int BYTES = 32;

  private final List<MasterKey> keys;

  /** A key with its id. */
  record MasterKey(String id, SecretKey key) {
    /** Without the key. */
    @Override
    public String toString() {
      return "MasterKey[" + id + "]";
    }
  }

  /**
   * @param given Base64 of 32 bytes; several are separated by white space or commas
   * @param file holds the same
   * @throws IllegalStateException if they are no such keys: a server that silently worked without
   *     them would be found out too late
   */
  MasterKeys(
      @Value("${poise.master-key}") String given, @Value("${poise.master-key-file}") String file) {
    if (!given.isBlank() && !file.isBlank()) {
      throw new IllegalStateException(
          "Set POISE_MASTER_KEY or POISE_MASTER_KEY_FILE, not both of them.");
    }
    this.keys =
        file.isBlank() ? keys("POISE_MASTER_KEY", given) : keys("the file " + file, read(file));
  }

  /**
   * The key that encrypts.
   *
   * @throws Refusal.Unavailable if there is none
   */
  MasterKey first() {
    if (keys.isEmpty()) {
      throw new Refusal.Unavailable(
          "This server has no master key to keep secrets with, so it has no certificates, no"
              + " one-time codes and no port for agents. Its operator sets POISE_MASTER_KEY_FILE.");
    }
    return keys.getFirst();
  }

  /**
   * The key with that id.
   *
   * @throws Refusal.Unavailable if the server does not have it
   */
  MasterKey withId(String id) {
    Optional<MasterKey> found = keys.stream().filter(key -> key.id().equals(id)).findFirst();
    return found.orElseThrow(() ->
        new Refusal.Unavailable(
            "A secret is encrypted under the master key %s, which this server does not have."
                .formatted(id)));
  }

  private static List<MasterKey> keys(String source, String text) {
    List<MasterKey> keys = new ArrayList<>();
    for (String word : text.split("[\\s,]+", -1)) {
      if (!word.isEmpty()) keys.add(key(source, word));
    }
    return List.copyOf(keys);
  }

  private static MasterKey key(String source, String text) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException _) {
      // The decoder's words quote the key.
      bytes = new byte[0];
    }
    if (bytes.length != BYTES) {
      throw new IllegalStateException(
          "A master key in "
              + source
              + " is not the Base64 of 32 bytes; 'openssl rand -base64 32' makes one.");
    }
    return new MasterKey(id(bytes), new SecretKeySpec(bytes, "AES"));
  }

  private static String id(byte[] key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("poise master key".getBytes(StandardCharsets.US_ASCII));
      return "mk_" + HexFormat.of().formatHex(Arrays.copyOf(digest.digest(key), 8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read POISE_MASTER_KEY_FILE: " + e, e);
    }
  }
}
