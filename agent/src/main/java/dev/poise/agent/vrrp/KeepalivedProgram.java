package dev.poise.agent.vrrp;

import dev.poise.agent.kernel.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The keepalived program: its version, its checker and its start. */
public final class KeepalivedProgram {
  private static final Pattern VERSION = Pattern.compile("Keepalived v((\\d+)\\.(\\d+)[0-9.]*)");
  private static final Pattern PLACE = Pattern.compile("^\\(/\\S+: Line \\d+\\) (WARNING - )?");

  private final String program;
  private final String version;

  private KeepalivedProgram(String program, String version) {
    this.program = program;
    this.version = version;
  }

  /**
   * A program by its name or path.
   *
   * @throws IOException if it does not run, or is older than 2.2
   */
  static KeepalivedProgram find(String program) throws IOException {
    Tool.Run run = new Tool(program).run(List.of("--version"), "");
    Matcher version = VERSION.matcher(run.output());
    if (!run.succeeded() || !version.find()) {
      throw new IOException("'" + program + " --version' does not say a version of keepalived");
    }
    int major = Integer.parseInt(version.group(2));
    int minor = Integer.parseInt(version.group(3));
    if (major < 2 || (major == 2 && minor < 2)) {
      throw new IOException(
          "keepalived " + version.group(1) + " is too old: 2.2 or later is needed");
    }
    return new KeepalivedProgram(program, version.group(1));
  }

  /** Its version, such as {@code 2.2.7}. */
  public String version() {
    return version;
  }

  /** Has a configuration checked; the answer is why not, in keepalived's own words. */
  Optional<String> refusal(Path config) throws IOException {
    Tool.Run run = new Tool(program).run(List.of("-t", "-P", "-f", config.toString()), "");
    if (run.succeeded()) return Optional.empty();
    String first =
        run.output()
            .lines()
            .filter(line -> !line.isBlank())
            .findFirst()
            .orElse("it is refused without a word");
    return Optional.of("keepalived: " + PLACE.matcher(first).replaceFirst(""));
  }

  /**
   * Starts it so that it outlives this process: in a session of its own, with files and no pipes.
   * It stays in the foreground, since it then logs to its output and can be told by its pid from
   * the beginning. It never gets {@code -D}: with many addresses, that log alone makes it too slow
   * for its own advertisements.
   */
  long start(Path config, Path pidFile, Path childPidFile, Path log) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "setsid",
            program,
            "-n",
            "-l",
            "-G",
            "-P",
            "-f",
            config.toString(),
            "-p",
            pidFile.toString(),
            "-r",
            childPidFile.toString());
    builder.environment().put("TMPDIR", config.resolveSibling("").toString());
    return builder
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start()
        .pid();
  }
}
