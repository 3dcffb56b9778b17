package dev.poise.agent.engine;

import dev.poise.agent.render.CertificateFile;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives a running process another server certificate under the same name: new handshakes get it,
 * open connections keep what they agreed on. Afterwards the process is asked for the fingerprint of
 * what it has.
 *
 * <p>Not so for the authorities of clients, which are replaced with the process: they decide who
 * gets in, and what a fresh process says is what it was started with.
 *
 * <p>No message says anything of the material: a private key goes through here.
 */
final class CertificateChange {
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----");
  private static final Pattern FINGERPRINT = Pattern.compile("SHA1 FingerPrint: ([0-9A-F]{40})");

  private CertificateChange() {}

  static void make(AdminConnection admin, CertificateFile file, String pem) throws IOException {
    String object = "ssl cert " + file.name();
    // An empty line would end the text.
    String lines = pem.lines().filter(line -> !line.isBlank()).reduce("", (a, b) -> a + b + "\n");
    admin.ask("set " + object, lines);
    if (!admin.ask("commit " + object).contains("Success!")) {
      admin.ask("abort " + object);
      throw new IOException("HAProxy does not take other material for " + file.name());
    }
    Matcher told = FINGERPRINT.matcher(admin.ask("show " + object));
    if (!told.find() || !told.group(1).equals(fingerprint(pem))) {
      throw new IOException(file.name() + " is not what it was changed to");
    }
  }

  /** Of the leaf, which is the first. */
  private static String fingerprint(String pem) throws IOException {
    Matcher leaf = CERTIFICATE.matcher(pem);
    if (!leaf.find()) throw new IOException("a bundle without a certificate");
    try {
      byte[] certificate = Base64.getMimeDecoder().decode(leaf.group(1));
      byte[] hash = MessageDigest.getInstance("SHA-1").digest(certificate);
      return HexFormat.of().withUpperCase().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-1", e);
    }
  }
}
