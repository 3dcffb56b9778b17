package dev.poise.agent.render;

import dev.poise.spec.Algorithm;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.HttpOptions;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolId;
import dev.poise.spec.PoolSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.ProxyProtocol;
import dev.poise.spec.RequestHeaders;
import dev.poise.spec.SpecJson;
import dev.poise.spec.Tls;
import java.util.List;

/** Writes how a member of a pool is chosen and checked on behalf of one listener. */
final class Backends {
  // Two lost SYNs are sent again within 3 s.
  private static final String CONNECT_TIMEOUT = "timeout connect 5s";

  private Backends() {}

  /** A backend whose servers are checked. */
  static void write(ConfigText text, String name, ListenerSpec listener, PoolSpec pool)
      throws Unrenderable {
    begin(text, name, listener, pool);
    text.line("timeout check " + pool.healthCheck().timing().timeoutSeconds() + "s");
    check(text, pool.healthCheck());
  }

  /** A backend whose servers follow those of another one. */
  static void writeFollowing(ConfigText text, String name, ListenerSpec listener, PoolSpec pool)
      throws Unrenderable {
    begin(text, name, listener, pool);
  }

  private static void begin(ConfigText text, String name, ListenerSpec listener, PoolSpec pool)
      throws Unrenderable {
    Protocol protocol = listener.protocol();
    text.section("backend " + name + " from " + HaproxyConfig.defaultsOf(protocol));
    balance(pool.algorithm()).forEach(text::line);
    text.line(CONNECT_TIMEOUT);
    switch (protocol) {
      case Protocol.Tcp(int idle, ProxyProtocol proxyProtocol) -> {
        text.line("timeout server " + idle + "s");
        text.line("timeout tunnel " + idle + "s");
      }
      case Protocol.Udp udp -> throw new Unrenderable("HAProxy does not speak UDP");
      case Protocol.Http(HttpOptions options, HttpsRedirect redirect) ->
          http(text, options, pool, "http", listener.port());
      case Protocol.Https(HttpOptions options, Tls tls) ->
          http(text, options, pool, "https", listener.port());
    }
  }

  private static void http(
      ConfigText text, HttpOptions options, PoolSpec pool, String scheme, int port)
      throws Unrenderable {
    text.line("timeout server " + options.responseTimeoutSeconds() + "s");
    text.line("timeout tunnel " + options.idleTimeoutSeconds() + "s");
    persistence(text, pool);
    new ClientHeaders(options.requestHeaders()).add(text, scheme, port);
    host(text, options.requestHeaders().host());
  }

  private static List<String> balance(Algorithm algorithm) {
    return switch (algorithm) {
      case WEIGHTED_ROUND_ROBIN -> List.of("balance roundrobin");
      case LEAST_CONNECTIONS -> List.of("balance leastconn");
      case SOURCE_IP -> List.of("balance source", "hash-type consistent sdbm avalanche");
    };
  }

  private static void persistence(ConfigText text, PoolSpec pool) throws Unrenderable {
    switch (pool.persistence()) {
      case Persistence.Off() -> {}
      case Persistence.SourceIp() ->
          throw new Unrenderable("persistence by source address is for UDP listeners");
      case Persistence.Cookie(Persistence.CookieName name) -> {
        text.line("cookie " + name + " insert indirect nocache httponly dynamic");
        text.line("dynamic-cookie-key " + cookieKey(pool.id()));
      }
    }
  }

  /** The same on every node, for ever, and another one for each pool. */
  private static String cookieKey(PoolId pool) {
    return SpecJson.digest("cookie " + pool).substring(0, 32);
  }

  private static void host(ConfigText text, RequestHeaders.Host host) {
    switch (host) {
      case RequestHeaders.Host.Client() -> {}
      case RequestHeaders.Host.Fixed fixed ->
          text.line("http-request set-header Host " + fixed.name());
    }
  }

  private static void check(ConfigText text, HealthCheck check) throws Unrenderable {
    switch (check) {
      case HealthCheck.Port port -> {}
      case HealthCheck.Udp udp ->
          throw new Unrenderable("a check by datagrams is for UDP listeners");
      case HealthCheck.Http http -> {
        text.line("option httpchk");
        text.line(
            "http-check send meth %s uri %s ver HTTP/1.1 hdr Host %s"
                .formatted(
                    http.method(), HaproxyText.requestPath(http.path()), checkHost(http.host())));
        text.line("http-check expect status " + http.expectedCodes());
      }
    }
  }

  private static String checkHost(HealthCheck.Host host) {
    return switch (host) {
      case HealthCheck.Host.Member() -> "'%[srv_name,map_str(" + Rendered.CHECK_HOSTS_FILE + ")]'";
      case HealthCheck.Host.Domain domain -> domain.name().text();
    };
  }

  static String server(ServerLine server, Protocol protocol, HealthCheck check) {
    return "server %s %s:%d id %d weight %d %s%s%s"
        .formatted(
            server.name(),
            server.member().address(),
            server.member().port(),
            server.member().number(),
            server.weight(),
            server.follows()
                ? "track " + server.checkedIn() + "/" + server.name()
                : rhythm(check.timing()),
            proxyProtocol(protocol),
            server.disabled() ? " disabled" : "");
  }

  private static String rhythm(HealthCheck.Timing timing) {
    return "check inter %ds rise %d fall %d"
        .formatted(timing.intervalSeconds(), timing.rise(), timing.fall());
  }

  /** A member that expects the client's address would refuse a check that does not say one. */
  private static String proxyProtocol(Protocol protocol) {
    return switch (protocol) {
      case Protocol.Tcp(int idle, ProxyProtocol version) ->
          switch (version) {
            case NONE -> "";
            case V1 -> " send-proxy check-send-proxy";
            case V2 -> " send-proxy-v2 check-send-proxy";
          };
      case Protocol.Udp udp -> "";
      case Protocol.Http http -> "";
      case Protocol.Https https -> "";
    };
  }
}
