package dev.poise.bench;

import dev.poise.standalone.Deadline;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An nginx that is started from a file of the folder {@code bench/nginx}. */
final class Nginx {
  private final Process process;

  private Nginx(Process process) {
    this.process = process;
  }

  /**
   * Starts it; the scope ends it.
   *
   * @param room where it runs
   * @param template of the configuration
   * @param folder for its files
   * @param names what stands in the template for what is known only now
   */
  static Nginx start(
      Scope scope, Room room, Path template, Path folder, Map<String, String> names) {
    Path file = folder.resolve("nginx.conf");
    try {
      Files.writeString(file, filled(Files.readString(template), folder, names));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ProcessBuilder builder =
        new ProcessBuilder(room.inside(List.of("setsid", "nginx", "-c", file.toString())))
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(folder.resolve("nginx.out").toFile());
    return new Nginx(scope.open(() -> start(builder), Nginx::end));
  }

  private static String filled(String template, Path folder, Map<String, String> names) {
    String text = template.replace("FOLDER", folder.toString());
    for (Map.Entry<String, String> name : names.entrySet()) {
      text = text.replace(name.getKey(), name.getValue());
    }
    return text;
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

  /** The only process that carries traffic; its parent only watches it. */
  LinuxProcess worker() {
    Deadline.in(Duration.ofSeconds(10))
        .await(() -> !process.isAlive() || process.children().findAny().isPresent());
    List<LinuxProcess> workers =
        process.children().map(child -> new LinuxProcess(child.pid())).toList();
    if (workers.size() != 1) throw new IllegalStateException("nginx has the workers " + workers);
    return workers.getFirst();
  }
}
