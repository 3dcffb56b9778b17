package dev.poise.agent.support;

import dev.poise.agent.render.CertificateFile;
import dev.poise.spec.BundleRef;
import dev.poise.spec.CertificateId;
import dev.poise.spec.SpecJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Makes certificates with the openssl command. */
public final class Certificates {
  private static final CertificateId ID = CertificateId.generate(Instant.EPOCH);
  private static final Certificates FOR_CHECKS = new Certificates("for checks");

  private final String name;
  private String certificate = "";
  private String key = "";

  private Certificates(String name) {
    this.name = name;
  }

  /**
   * A certificate and its private key, both PEM.
   *
   * @param certificate the leaf alone
   */
  public record Issued(String certificate, String key) {
    /** As a node gets it. */
    public String pem() {
      return certificate + key;
    }

    /** As a spec names it. */
    public BundleRef ref() {
      return Certificates.ref(pem());
    }
  }

  /** A new authority. */
  public static Certificates authority(String name) throws IOException, InterruptedException {
    Certificates authority = new Certificates(name);
    authority.make();
    return authority;
  }

  /** Any material of that kind that HAProxy takes. */
  public static String any(CertificateFile.Kind kind) throws IOException, InterruptedException {
    synchronized (FOR_CHECKS) {
      if (FOR_CHECKS.certificate.isEmpty()) FOR_CHECKS.make();
      return switch (kind) {
        case SERVER -> FOR_CHECKS.certificate + FOR_CHECKS.key;
        case CLIENT_AUTHORITY -> FOR_CHECKS.certificate;
      };
    }
  }

  private void make() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("certificates");
    try {
      openssl(
          directory,
          List.of("req", "-x509", "-subj", "/CN=" + name, "-keyout", "key", "-out", "certificate"));
      certificate = Files.readString(directory.resolve("certificate"));
      key = Files.readString(directory.resolve("key"));
    } finally {
      delete(directory);
    }
  }

  /** A certificate for these domains, the first of which is its common name. */
  public Issued issue(String... domains) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("certificates");
    try {
      Files.writeString(directory.resolve("ca"), certificate);
      Files.writeString(directory.resolve("ca.key"), key);
      openssl(
          directory,
          List.of(
              "req",
              "-x509",
              "-subj",
              "/CN=" + domains[0],
              "-addext",
              "subjectAltName=DNS:" + String.join(",DNS:", domains),
              "-addext",
              "basicConstraints=critical,CA:FALSE",
              "-CA",
              "ca",
              "-CAkey",
              "ca.key",
              "-keyout",
              "key",
              "-out",
              "certificate"));
      return new Issued(
          Files.readString(directory.resolve("certificate")),
          Files.readString(directory.resolve("key")));
    } finally {
      delete(directory);
    }
  }

  /** The authority's own certificate. */
  public String pem() {
    return certificate;
  }

  /** As a spec names it. */
  public BundleRef ref() {
    return ref(certificate);
  }

  /** As a spec names that material. */
  public static BundleRef ref(String pem) {
    return new BundleRef(ID, SpecJson.digest(pem));
  }

  private static void openssl(Path directory, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    command.addAll(
        List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) throw new IOException("openssl: " + output);
  }

  private static void delete(Path directory) throws IOException {
    for (String name : List.of("ca", "ca.key", "key", "certificate")) {
      Files.deleteIfExists(directory.resolve(name));
    }
    Files.delete(directory);
  }
}
