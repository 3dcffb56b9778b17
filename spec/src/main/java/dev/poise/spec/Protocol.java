package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** What a listener speaks, with the options that only make sense for it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Protocol {
  /**
   * Bytes in both directions.
   *
   * @param idleTimeoutSeconds closes a connection on which neither side sent anything for so long
   * @param proxyProtocol whether members are told of the client before its first byte
   */
  @JsonTypeName("TCP")
  record Tcp(int idleTimeoutSeconds, ProxyProtocol proxyProtocol) implements Protocol {}

  /**
   * Datagrams. Those of one client address and port are a session and go to one member.
   *
   * @param sessionTimeoutSeconds ends a session in which neither side sent anything for so long
   */
  @JsonTypeName("UDP")
  record Udp(int sessionTimeoutSeconds) implements Protocol {}

  /**
   * HTTP/1.x requests, each balanced by itself.
   *
   * @param redirect answers every request with a redirect instead of asking a member
   */
  @JsonTypeName("HTTP")
  record Http(HttpOptions options, HttpsRedirect redirect) implements Protocol {}

  /** HTTP/1.x and HTTP/2 over TLS, which ends here: members get plain HTTP/1.1. */
  @JsonTypeName("HTTPS")
  record Https(HttpOptions options, Tls tls) implements Protocol {}
}
