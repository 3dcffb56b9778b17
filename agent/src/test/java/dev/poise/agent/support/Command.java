package dev.poise.agent.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A run of a client that is not ours. */
public record Command(int exit, String output) {

  /** Runs a program in a directory until it ends. */
  public static Command run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Command(process.waitFor(), output);
  }

  /**
   * Asks with curl; the output is what came, a blank, the status, a blank and the version of HTTP.
   */
  public static Command curl(Path directory, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("curl", "-s", "-m", "10", "-w", " %{http_code} %{http_version}"));
    command.addAll(List.of(arguments));
    return run(directory, command);
  }
}
