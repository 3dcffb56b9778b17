package dev.poise.server.loadbalancer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;

/** A certificate that nobody else signed, made by OpenSSL. */
public record TestCertificate(String certificate, String key) {
  public static TestCertificate server(String domain) {
    return made(domain, "CA:FALSE");
  }

  public static TestCertificate authority(String name) {
    return made(name, "CA:TRUE");
  }

  private static TestCertificate made(String name, String constraint) {
    try {
      Path dir = Files.createTempDirectory("poise-cert");
      try {
        return madeIn(dir, name, constraint);
      } finally {
        FileSystemUtils.deleteRecursively(dir);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TestCertificate madeIn(Path dir, String name, String constraint)
      throws IOException, InterruptedException {
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "90",
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=DNS:" + name,
                "-addext",
                "basicConstraints=critical," + constraint,
                "-keyout",
                "key.pem",
                "-out",
                "cert.pem")
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (openssl.waitFor() != 0) throw new IllegalStateException(said);
    return new TestCertificate(
        Files.readString(dir.resolve("cert.pem")), Files.readString(dir.resolve("key.pem")));
  }
}
