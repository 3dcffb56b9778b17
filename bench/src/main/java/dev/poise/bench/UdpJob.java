package dev.poise.bench;

import dev.poise.standalone.Deadline;
import dev.poise.standalone.ProjectPlaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Measures how a UDP listener of Poise forwards datagrams, beside nginx and beside plain routing.
 * Called by {@code ./poise bench udp}, inside of the namespace that stands between clients and
 * servers.
 */
public final class UdpJob {
  private static final String BALANCER = "10.97.1.1";
  private static final String VIPS = "10.97.3.0/24";
  private static final List<String> SERVERS = List.of("10.97.2.2", "10.97.2.3");
  private static final int DNS_PORT = 5353;

  /** Where the servers' kernel counts what arrives and throws it away. */
  private static final int SINK_PORT = 9000;

  private static final int PORT = 53;

  // As its configuration says.
  private static final int NGINX_DNS_PORT = 5354;
  private static final int NGINX_SINK_PORT = 5355;

  private final ProjectPlaces project;
  private final UdpOptions options;
  private final Scope scope;

  private UdpJob(ProjectPlaces project, UdpOptions options, Scope scope) {
    this.project = project;
    this.options = options;
    this.scope = scope;
  }

  public static void main(String[] arguments) {
    Job.alone(scope -> {
      UdpOptions options = UdpOptions.parse(List.of(arguments));
      new UdpJob(Job.project(), options, scope).run();
    });
  }

  private void run() {
    Report report = new Report(System.out, Machine.facts());
    report.progress("Starting a database, the server and a node between two namespaces");
    RunningPoise poise = RunningPoise.start(project, scope, VIPS);
    try {
      for (String server : SERVERS) DnsServer.start(scope, options.servers(), server, DNS_PORT);
      String vip = loadBalancer(poise);
      Nginx.start(
          scope,
          Room.OF_POISE,
          project.root().resolve("bench/nginx/stream.conf"),
          poise.folder(),
          Map.of("ADDRESS", BALANCER));
      Trafgen flood = new Trafgen(scope, options, poise.folder());
      traffic(vip, SINK_PORT, NGINX_SINK_PORT, SINK_PORT)
          .measureForwarding("Flood in one direction", flood, options, report);
      Path questions = Files.writeString(poise.folder().resolve("questions"), "www.test A\n");
      traffic(vip, PORT, NGINX_DNS_PORT, DNS_PORT)
          .measureExchange(
              "DNS questions and answers", new DnsPerf(scope, questions), options, report);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      if (!scope.isClosed()) System.err.println(poise.lastWords());
      throw e;
    }
    options.json().ifPresent(report::writeJson);
  }

  private UdpTraffic traffic(String vip, int ofPoise, int ofNginx, int ofServers) {
    return new UdpTraffic(
        contender("Poise", vip, ofPoise),
        contender("nginx stream", BALANCER, ofNginx),
        contender("routed straight to a server", SERVERS.getFirst(), ofServers));
  }

  private Contender contender(String name, String address, int port) {
    return new Contender(
        name, options.clients(), new InetSocketAddress(address, port), Machine::busy);
  }

  private static String loadBalancer(RunningPoise poise) {
    JsonNode made =
        poise.change(
            "POST",
            "/load-balancers",
            Optional.of(
                Map.of(
                    "name",
                    "udp",
                    "subnetId",
                    poise.subnet(),
                    "listeners",
                    List.of(listener(PORT, DNS_PORT), listener(SINK_PORT, SINK_PORT)))));
    String path = "/load-balancers/" + made.path("id").asString();
    boolean healthy =
        Deadline.in(Duration.ofSeconds(15))
            .await(() -> poise.api().get(path).path("health").asString().equals("HEALTHY"));
    if (!healthy) throw new IllegalStateException("not healthy: " + poise.api().get(path));
    return made.path("address").asString();
  }

  private static Map<String, Object> listener(int port, int memberPort) {
    List<Map<String, Object>> members = new ArrayList<>();
    for (String server : SERVERS) members.add(Map.of("address", server, "port", memberPort));
    return Map.of("protocol", "UDP", "port", port, "defaultPool", Map.of("members", members));
  }
}
