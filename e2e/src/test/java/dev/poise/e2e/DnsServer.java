package dev.poise.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A real DNS server, over UDP and TCP, that says its own name as TXT record of {@code who.test}.
 */
final class DnsServer implements Destination, AutoCloseable {
  private static final int PORT = 5353;

  private final String name;
  private final String address;
  private final Process process;

  DnsServer(String name, String address) {
    this.name = name;
    this.address = address;
    List<String> command =
        List.of(
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--no-resolv",
            "--no-hosts",
            "--bind-interfaces",
            "--listen-address=" + address,
            "--port=" + PORT,
            "--txt-record=who.test," + name,
            "--host-record=www.test,192.0.2.1",
            "--local=/test/",
            "--cache-size=1000",
            "--pid-file",
            "--user=root",
            "--log-facility=-");
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(new File("/dev/null"))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public int port() {
    return PORT;
  }

  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public String toString() {
    return name + "@" + address;
  }
}
