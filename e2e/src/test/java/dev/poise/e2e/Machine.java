package dev.poise.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.poise.standalone.Folders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Another machine, as far as programs can tell: its own files (an overlay over ours), processes and
 * network, with one cable to us and without a Java. All of it is gone when it is closed.
 *
 * <p>What is installed there touches nothing here, and packages need no registry: what our tests
 * need is installed there as well.
 */
final class Machine implements AutoCloseable {
  private static final Path PROGRAM = Path.of("src/test/programs/machine").toAbsolutePath();
  private static final Path PROCESS_GROUPS = Path.of("/sys/fs/cgroup");

  /** Who is its first process. */
  enum Init {
    IDLE,
    SYSTEMD
  }

  private final Process process;
  private final Path folder;
  private final List<Path> groups;
  private final String cable;
  private final String network;

  private Machine(Process process, Path folder, List<Path> groups, String cable, String network) {
    this.process = process;
    this.folder = folder;
    this.groups = groups;
    this.cable = cable;
    this.network = network;
  }

  static Machine boot(Init init) throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "machines are made by root");
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "poise-machine-");
    List<Path> groups = init == Init.SYSTEMD ? List.of(group()) : List.of();
    String enter = groups.isEmpty() ? "" : "echo $$ >" + groups.getFirst() + "/cgroup.procs && ";
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                enter
                    + "exec unshare --mount --propagation private --pid --fork --kill-child"
                    + " --net --uts --ipc --cgroup \"$@\"",
                "sh",
                PROGRAM.toString(),
                folder.toString(),
                init.name().toLowerCase(Locale.ROOT))
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    Random random = new Random();
    String cable = "pm%06x".formatted(random.nextInt(1 << 24));
    String network =
        FreeNetwork.among(
            () -> "198.%d.%d.".formatted(random.nextInt(18, 20), random.nextInt(256)));
    Machine machine = new Machine(process, folder, groups, cable, network);
    try {
      machine.awaitReady();
      machine.plug();
      if (init == Init.SYSTEMD) machine.awaitSystemd();
      return machine;
    } catch (IOException | RuntimeException | Error e) {
      machine.close();
      throw e;
    }
  }

  /**
   * systemd keeps its processes apart in groups of the kernel, and may have ours below this one.
   */
  private static Path group() throws IOException {
    Path top =
        Files.exists(PROCESS_GROUPS.resolve("cgroup.procs"))
            ? PROCESS_GROUPS
            : PROCESS_GROUPS.resolve("unified");
    assumeTrue(Files.isWritable(top.resolve("cgroup.procs")), "no control groups of version 2");
    assumeTrue(Files.isExecutable(Path.of("/lib/systemd/systemd")), "systemd is not installed");
    return Files.createTempDirectory(top, "poise-machine-");
  }

  private void awaitReady() throws IOException {
    // Not closed: that would close the machine's output.
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals("ready")) return;
      lines.add(line);
    }
    throw new AssertionError("the machine does not boot: " + lines);
  }

  private void plug() {
    String there = "" + first();
    Program.output(
        "ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", there);
    Program.output("ip", "address", "add", here() + "/28", "dev", cable);
    Program.output("ip", "link", "set", cable, "up");
    require("ip address add " + there() + "/28 dev eth0 && ip link set eth0 up");
  }

  private void awaitSystemd() {
    Await.until(
        "systemd runs",
        Duration.ofSeconds(20),
        () -> run("systemctl is-system-running").text().matches("(?s).*(running|degraded).*"));
  }

  /** Its first process, as we number it. */
  private long first() {
    return process.children().findFirst().orElseThrow().pid();
  }

  /** The network that the cable is, where addresses up to .12 are free. */
  String cidr() {
    return network + "0/28";
  }

  /** Our address on the cable. */
  String here() {
    return network + "14";
  }

  /** Its address on the cable. */
  String there() {
    return network + "13";
  }

  /** Runs a script there, as root, with nothing of our environment. */
  Program.Result run(String script) {
    return Program.run(
        Path.of("/"),
        List.of(
            "nsenter",
            "--target=" + first(),
            "--mount",
            "--pid",
            "--net",
            "--uts",
            "--ipc",
            "--cgroup",
            "env",
            "-i",
            "HOME=/root",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "sh",
            "-c",
            script));
  }

  /** The same; it must succeed. */
  String require(String script) {
    Program.Result result = run(script);
    if (result.code() != 0) throw new AssertionError(script + ": " + result);
    return result.text();
  }

  /** Files that were made, changed or deleted since the file {@code /installed} was touched. */
  List<String> changed() {
    return require("find /run /run/changed -xdev -newer /installed ! -type d")
        .lines()
        .filter(file -> !file.startsWith("/run/systemd/"))
        .toList();
  }

  @Override
  public void close() throws IOException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // The cable went with the machine's end of it, unless there was none yet.
    Program.run(Path.of("/"), List.of("ip", "link", "delete", cable));
    for (Path group : groups) {
      String remove = "find " + group + " -depth -type d -exec rmdir {} \\;";
      // It is in use until the last of its processes is gone, which the kernel sees to by itself.
      Await.until(
          "nothing runs in " + group,
          Duration.ofSeconds(10),
          () -> {
            Program.run(Path.of("/"), List.of("sh", "-c", remove));
            return Files.notExists(group);
          });
    }
    Folders.delete(folder);
  }
}
