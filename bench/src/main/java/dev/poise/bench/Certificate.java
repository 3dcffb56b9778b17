package dev.poise.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A server's certificate that signed itself, and its key on the curve P-256; openssl makes it.
 *
 * @param certificate a PEM file
 * @param key a PEM file
 */
record Certificate(Path certificate, Path key) {
  private static final String DOMAIN = "bench.test";

  /**
   * Makes one.
   *
   * @param name of the files
   */
  static Certificate make(Scope scope, Path folder, String name) {
    Certificate made =
        new Certificate(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
    List<String> command =
        List.of(
            "openssl",
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
            "/CN=" + DOMAIN,
            "-addext",
            "subjectAltName=DNS:" + DOMAIN,
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
            made.key.toString(),
            "-out",
            made.certificate.toString());
    String said = Program.output(scope, command);
    if (!Files.exists(made.certificate)) throw new IllegalStateException("openssl said: " + said);
    return made;
  }

  /** As the API takes it. */
  Map<String, Object> material() {
    return Map.of("certificate", text(certificate), "privateKey", text(key));
  }

  /** Puts both into one file, as HAProxy wants them. */
  Path writeBundle(Path file) {
    try {
      return Files.writeString(file, text(certificate) + text(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
