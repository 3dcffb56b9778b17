package dev.poise.agent.render;

import dev.poise.spec.Algorithm;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.PoolSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.RequestHeaders;
import java.util.List;

/** Writes how a member of a pool is chosen and checked on behalf of one listener. */
final class Backends {
  private static final int LONGEST_CONNECT_SECONDS = 5;

  private Backends() {}

  static void write(ConfigText text, String name, Protocol protocol, PoolSpec pool)
      throws Unrenderable {
    text.section("backend " + name + " from " + HaproxyConfig.defaultsOf(protocol));
    balance(pool.algorithm()).forEach(text::line);
    int checkTimeout = pool.healthCheck().timing().timeoutSeconds();
    // A check waits for the connection first and for the answer then, each for its own time.
    text.line("timeout connect " + Math.min(LONGEST_CONNECT_SECONDS, checkTimeout) + "s");
    text.line("timeout check " + checkTimeout + "s");
    switch (protocol) {
      case Protocol.Tcp(int idle) -> {
        text.line("timeout server " + idle + "s");
        text.line("timeout tunnel " + idle + "s");
      }
      case Protocol.Http(int idle, int response, RequestHeaders headers) -> {
        text.line("timeout server " + response + "s");
        text.line("timeout tunnel " + idle + "s");
        host(text, headers.host());
      }
    }
    check(text, pool.healthCheck());
  }

  private static List<String> balance(Algorithm algorithm) {
    return switch (algorithm) {
      case WEIGHTED_ROUND_ROBIN -> List.of("balance roundrobin");
      case LEAST_CONNECTIONS -> List.of("balance leastconn");
      case SOURCE_IP -> List.of("balance source", "hash-type consistent sdbm avalanche");
    };
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

  static String server(ServerLine server, HealthCheck check) {
    HealthCheck.Timing timing = check.timing();
    return "server %s %s:%d id %d weight %d check inter %ds rise %d fall %d%s"
        .formatted(
            server.name(),
            server.member().address(),
            server.member().port(),
            server.member().number(),
            server.weight(),
            timing.intervalSeconds(),
            timing.rise(),
            timing.fall(),
            server.disabled() ? " disabled" : "");
  }
}
