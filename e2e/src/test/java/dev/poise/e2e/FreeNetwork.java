package dev.poise.e2e;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Chooses a network for a test. A run that was killed leaves its own behind, and a second one with
 * the same addresses would send its packets there.
 */
final class FreeNetwork {
  private static final int ATTEMPTS = 1_000;

  private FreeNetwork() {}

  /**
   * The first of those candidates that no interface of this machine is in.
   *
   * @param candidates each the beginning of an address, up to a dot
   */
  static String among(Supplier<String> candidates) {
    return Stream.generate(candidates)
        .limit(ATTEMPTS)
        .filter(FreeNetwork::isFree)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no free network"));
  }

  private static boolean isFree(String beginning) {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .noneMatch(address -> address.getHostAddress().startsWith(beginning));
    } catch (SocketException e) {
      throw new AssertionError("the interfaces cannot be listed", e);
    }
  }
}
