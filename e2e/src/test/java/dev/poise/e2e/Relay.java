package dev.poise.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Passes connections on to another address, as a router would that both sides can reach. */
final class Relay extends Backend {
  private final InetSocketAddress target;

  Relay(String address, int port, InetSocketAddress target) {
    super("relay", address, port);
    this.target = target;
  }

  @Override
  void serve(Socket connection) throws IOException {
    try (Socket onwards = HttpConnection.connect(target, "127.0.0.1")) {
      // A long poll is silent for long.
      onwards.setSoTimeout(0);
      Thread.startVirtualThread(() -> pass(onwards, connection));
      connection.getInputStream().transferTo(onwards.getOutputStream());
    }
  }

  private static void pass(Socket from, Socket to) {
    try (to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException oneSideIsGone) {
      // Then the other one goes too.
    }
  }
}
