package dev.poise.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;
import java.util.stream.IntStream;

/** Free TCP ports of this machine. */
public final class Ports {
  // Below the range the kernel takes for outgoing connections: nobody gets it between two runs.
  private static final int FIRST = 20_000;
  private static final int LAST = 29_999;

  private Ports() {}

  /** Whether a program could listen there now. */
  public static boolean isFree(String address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(endpoint(address, port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  /** An IP address and a port; nothing is resolved. */
  public static InetSocketAddress endpoint(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  /** The first port behind that one on which nothing listens. */
  static int nextFree(String address, int port) {
    return IntStream.rangeClosed(port + 1, 65_535)
        .filter(candidate -> isFree(address, candidate))
        .findFirst()
        .orElseGet(() -> choose(address));
  }

  /** A port on which nothing listens. */
  public static int choose(String address) {
    Random random = new Random();
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = random.nextInt(FIRST, LAST + 1);
      if (isFree(address, port)) return port;
    }
    throw new CannotStart("No port from " + FIRST + " to " + LAST + " is free on " + address + ".");
  }
}
