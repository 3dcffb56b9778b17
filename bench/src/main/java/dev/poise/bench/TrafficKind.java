package dev.poise.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The kinds of traffic of {@code ./poise bench data-plane}. */
enum TrafficKind {
  HTTP_KEPT("HTTP, kept connections", Balancer.PORT),
  HTTP_CLOSE("HTTP, new connections", Balancer.PORT),
  HTTPS_KEPT("HTTPS, kept connections", Balancer.TLS_PORT),
  HTTPS_NEW("HTTPS, full handshakes", Balancer.TLS_PORT),
  HTTPS_RESUMED("HTTPS, resumed sessions", Balancer.TLS_PORT),
  HTTP2("HTTP/2", Balancer.TLS_PORT),
  TCP_KEPT("TCP, kept connections", Balancer.TCP_PORT),
  TCP_CLOSE("TCP, new connections", Balancer.TCP_PORT);

  private final String title;
  private final int port;

  TrafficKind(String title, int port) {
    this.title = title;
    this.port = port;
  }

  static List<String> names() {
    return Stream.of(values()).map(TrafficKind::word).toList();
  }

  /** Its name on the command line. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String title() {
    return title;
  }

  /** Where every balancer takes it. */
  int port() {
    return port;
  }

  /** What makes it. */
  LoadGenerator generator(Scope scope) {
    return switch (this) {
      case HTTP_KEPT, TCP_KEPT -> new Wrk(scope);
      case HTTP_CLOSE, TCP_CLOSE -> new Wrk(scope).closing();
      case HTTPS_KEPT -> new Wrk(scope).overTls();
      case HTTPS_NEW -> new Handshakes(scope);
      case HTTPS_RESUMED -> new Wrk(scope).overTls().closing();
      case HTTP2 -> new H2load(scope);
    };
  }
}
