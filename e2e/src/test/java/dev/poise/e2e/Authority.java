package dev.poise.e2e;

import dev.poise.standalone.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority that openssl plays, in a folder that goes with it. */
final class Authority implements AutoCloseable {
  private final Path folder;
  private int issued;

  private Authority(Path folder) {
    this.folder = folder;
  }

  static Authority make(String name) {
    try {
      Authority authority = new Authority(Files.createTempDirectory("poise-ca-"));
      authority.openssl(
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:P-256",
          "-nodes",
          "-days",
          "30",
          "-subj",
          "/CN=" + name,
          "-addext",
          "keyUsage=critical,keyCertSign,cRLSign",
          "-keyout",
          "ca.key",
          "-out",
          "ca.pem");
      return authority;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Files of a certificate and its key in PEM. */
  record Issued(Path certificate, Path key) {
    /** As the API takes it. */
    Map<String, Object> material() {
      return Map.of("certificate", read(certificate), "privateKey", read(key));
    }

    /** The serial number as openssl writes it. */
    String serial() {
      String answer =
          Program.output("openssl", "x509", "-noout", "-serial", "-in", certificate.toString());
      return answer.strip().substring("serial=".length());
    }
  }

  /** Issues a certificate for a domain, an address or a person. */
  Issued issue(String name) {
    String kind = name.matches("[0-9.]+") ? "IP:" : "DNS:";
    issued++;
    String files = "issued-" + issued;
    openssl(
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=" + name,
        "-addext",
        "subjectAltName=" + kind + name,
        "-keyout",
        files + ".key",
        "-out",
        files + ".csr");
    openssl(
        "x509",
        "-req",
        "-days",
        "20",
        "-copy_extensions",
        "copy",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-in",
        files + ".csr",
        "-out",
        files + ".pem");
    return new Issued(folder.resolve(files + ".pem"), folder.resolve(files + ".key"));
  }

  Path certificate() {
    return folder.resolve("ca.pem");
  }

  /** Its own certificate as the API takes it. */
  Map<String, Object> material() {
    return Map.of("certificate", read(certificate()));
  }

  /** For clients that trust this authority alone and show no certificate. */
  SSLContext trusting() {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", x509(certificate()));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static java.security.cert.Certificate x509(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      return java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private void openssl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Program.Result result = Program.run(folder, command);
    if (result.code() != 0) throw new IllegalStateException(arguments[0] + ": " + result.text());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Folders.delete(folder);
  }
}
