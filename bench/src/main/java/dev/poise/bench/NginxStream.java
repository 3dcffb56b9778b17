package dev.poise.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** nginx as a UDP balancer, as a careful engineer configures it. */
final class NginxStream {
  static final int DNS_PORT = 5354;
  static final int SINK_PORT = 5355;

  private NginxStream() {}

  /**
   * Starts it; the scope ends it.
   *
   * @param template of the configuration
   * @param folder for its files
   */
  static void start(Scope scope, Path template, Path folder, String address) {
    Path file = folder.resolve("nginx.conf");
    try {
      Files.writeString(
          file,
          Files.readString(template)
              .replace("FOLDER", folder.toString())
              .replace("ADDRESS", address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ProcessBuilder builder =
        new ProcessBuilder("nginx", "-c", file.toString())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(folder.resolve("nginx.out").toFile());
    scope.open(() -> start(builder), NginxStream::end);
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void end(Process process) {
    process.destroy();
    process.onExit().join();
  }
}
