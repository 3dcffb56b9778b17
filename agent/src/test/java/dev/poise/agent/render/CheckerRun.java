package dev.poise.agent.render;

import dev.poise.agent.support.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code haproxy -c} said about a rendered configuration. */
record CheckerRun(int exit, String output) {
  static CheckerRun of(Rendered rendered, Path directory) throws IOException, InterruptedException {
    Path config = directory.resolve(Rendered.CONFIG_FILE);
    Files.writeString(config, rendered.config());
    for (var file : rendered.files().entrySet()) {
      write(directory.resolve(file.getKey()), file.getValue());
    }
    for (var map : rendered.maps().entrySet()) {
      write(directory.resolve(map.getKey()), map.getValue().text());
    }
    for (CertificateFile certificate : rendered.certificates()) {
      write(directory.resolve(certificate.name()), Certificates.any(certificate.kind()));
    }
    Process process =
        new ProcessBuilder("haproxy", "-c", "-f", config.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new CheckerRun(process.waitFor(), output);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }
}
