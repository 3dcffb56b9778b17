package dev.poise.agent.render;

import dev.poise.spec.RequestHeaders;
import dev.poise.spec.RequestHeaders.ForwardedFor;
import java.util.ArrayList;
import java.util.List;

/**
 * The headers that tell members about the client. A frontend sees that none comes from the client,
 * so a backend needs only add them.
 */
final class ClientHeaders {
  private static final String FORWARDED_FOR = "X-Forwarded-For";
  private static final String REAL_IP = "X-Real-IP";
  private static final String FORWARDED_PROTO = "X-Forwarded-Proto";
  private static final String FORWARDED_PORT = "X-Forwarded-Port";
  private static final String CLIENT = "%[var(sess.client)]";

  private final RequestHeaders headers;

  ClientHeaders(RequestHeaders headers) {
    this.headers = headers;
  }

  /** Writes the client's address once for a connection: as text it costs more than a header. */
  void remember(ConfigText text) {
    if (headers.forwardedFor() == ForwardedFor.OFF && !headers.realIp()) return;
    text.line("tcp-request connection set-var-fmt(sess.client) %[src]");
  }

  /** The headers that no member gets as a client sent them. */
  List<String> notFromClients() {
    List<String> names = new ArrayList<>();
    if (headers.forwardedFor() != ForwardedFor.APPEND) names.add(FORWARDED_FOR);
    names.addAll(List.of(REAL_IP, FORWARDED_PROTO, FORWARDED_PORT));
    return names;
  }

  /**
   * Adds those that are switched on, in a backend.
   *
   * @param scheme how the client asked, {@code http} or {@code https}
   * @param port where
   */
  void add(ConfigText text, String scheme, int port) {
    if (headers.forwardedFor() != ForwardedFor.OFF) add(text, FORWARDED_FOR, CLIENT);
    if (headers.realIp()) add(text, REAL_IP, CLIENT);
    if (headers.forwardedProto()) add(text, FORWARDED_PROTO, scheme);
    if (headers.forwardedPort()) add(text, FORWARDED_PORT, "" + port);
  }

  private static void add(ConfigText text, String name, String value) {
    text.line("http-request add-header " + name + " " + value);
  }
}
