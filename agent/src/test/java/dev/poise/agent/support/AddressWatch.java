package dev.poise.agent.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Notes what the kernel of a machine says about its addresses. */
public final class AddressWatch implements AutoCloseable {
  private final Path file;
  private final Process monitor;

  private AddressWatch(Path file, Process monitor) {
    this.file = file;
    this.monitor = monitor;
  }

  static AddressWatch on(Lan.Machine machine, Path file) throws Exception {
    Process monitor = machine.start(file, List.of("ip", "-o", "monitor", "address"));
    // It says nothing when it begins, so it is given something to say.
    Await.until(
        "it watches",
        () -> {
          machine.run("ip", "addr", "add", "192.0.2.1/32", "dev", "lo");
          machine.run("ip", "addr", "del", "192.0.2.1/32", "dev", "lo");
          return Files.readString(file).contains("192.0.2.1");
        });
    return new AddressWatch(file, monitor);
  }

  /** The addresses that were removed. */
  public List<String> removed() throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.contains("Deleted") && !line.contains("192.0.2.1/"))
        .toList();
  }

  @Override
  public void close() {
    monitor.destroyForcibly();
  }
}
