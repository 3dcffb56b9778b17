package dev.poise.agent.link;

import java.net.InetAddress;
import java.net.URI;
import java.util.Set;

/**
 * Where the server is, and what it is known by.
 *
 * @param pins the certificates it may show; if there are none, whoever the system trusts may vouch
 *     for its name
 */
public record ServerAddress(URI url, Set<Pin> pins) {

  /**
   * An address that can be used.
   *
   * @throws IllegalArgumentException with the reason, if not
   */
  public ServerAddress {
    pins = Set.copyOf(pins);
    boolean tls = "https".equals(url.getScheme());
    if (url.getHost() == null || !(tls || "http".equals(url.getScheme()))) {
      throw new IllegalArgumentException("not an http or https address");
    }
    if (!tls && !isLoopback(url.getHost())) {
      throw new IllegalArgumentException(
          "not safe: without TLS only a server on this machine may be asked, at 127.0.0.1");
    }
    if (!tls && !pins.isEmpty()) {
      throw new IllegalArgumentException("an http address, and pins need https");
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
