package dev.poise.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** What must be known of a machine to make sense of its figures. */
final class Machine {
  private Machine() {}

  static SequencedMap<String, String> facts() {
    SequencedMap<String, String> facts = new LinkedHashMap<>();
    facts.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("cores", Runtime.getRuntime().availableProcessors() + ", " + cpu());
    facts.put("memory", memory());
    facts.put("load before", read("/proc/loadavg").split(" ", 2)[0]);
    facts.put("kernel", read("/proc/sys/kernel/osrelease").strip());
    facts.put("java", Runtime.version().toString());
    facts.put("haproxy", firstLine("haproxy", "-v"));
    facts.put("wrk", firstLine("wrk", "-v"));
    ifInstalled(facts, "nginx", "-v");
    ifInstalled(facts, "h2load", "--version");
    ifInstalled(facts, "openssl", "version");
    return facts;
  }

  /** Whether we may do everything on it. */
  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** The processor time that everything on the machine has used, interrupts included. */
  static Duration busy() {
    // user, nice, system, idle, iowait, irq, softirq in hundredths of a second
    String[] times = read("/proc/stat").lines().findFirst().orElseThrow().split(" +", -1);
    long ticks = 0;
    for (int i : new int[] {1, 2, 3, 6, 7}) ticks += Long.parseLong(times[i]);
    return Duration.ofMillis(10 * ticks);
  }

  private static String cpu() {
    return field("/proc/cpuinfo", "model name");
  }

  private static String memory() {
    long kilobytes = Long.parseLong(field("/proc/meminfo", "MemTotal").split(" ", 2)[0]);
    return "%.1f GB".formatted(kilobytes * 1024 / 1e9);
  }

  private static String field(String file, String name) {
    return read(file)
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Not every benchmark needs all of them. */
  private static void ifInstalled(Map<String, String> facts, String program, String option) {
    try {
      facts.put(program, firstLine(program, option));
    } catch (UncheckedIOException isNot) {
      // Those that need it say so.
    }
  }

  private static String firstLine(String... command) {
    try {
      Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
      byte[] output = process.getInputStream().readAllBytes();
      return new String(output, StandardCharsets.UTF_8).lines().findFirst().orElse("unknown");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command[0], e);
    }
  }
}
