package dev.poise.agent.render;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code haproxy -c} said about a rendered configuration. */
record CheckerRun(int exit, String output) {
  static CheckerRun of(Rendered rendered, Path directory) throws IOException, InterruptedException {
    Path config = directory.resolve(Rendered.CONFIG_FILE);
    Files.writeString(config, rendered.config());
    Files.writeString(directory.resolve(Rendered.CHECK_HOSTS_FILE), rendered.checkHosts());
    Process process =
        new ProcessBuilder("haproxy", "-c", "-f", config.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new CheckerRun(process.waitFor(), output);
  }
}
