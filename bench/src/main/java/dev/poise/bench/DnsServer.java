package dev.poise.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** A DNS server that knows one name. */
final class DnsServer {
  private DnsServer() {}

  /** Starts it; the scope ends it. */
  static void start(Scope scope, Room room, String address, int port) {
    List<String> command =
        List.of(
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--no-resolv",
            "--no-hosts",
            "--bind-interfaces",
            "--listen-address=" + address,
            "--port=" + port,
            "--host-record=www.test,192.0.2.1",
            "--local=/test/",
            "--pid-file",
            "--user=root",
            "--log-facility=-");
    ProcessBuilder builder =
        new ProcessBuilder(room.inside(command))
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(new File("/dev/null"));
    scope.open(() -> start(builder), DnsServer::end);
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
