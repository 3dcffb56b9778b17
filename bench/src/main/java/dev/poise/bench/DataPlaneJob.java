package dev.poise.bench;

import dev.poise.standalone.Ports;
import dev.poise.standalone.ProjectPlaces;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Measures how much of each kind of traffic a load balancer of Poise carries, beside HAProxies and
 * an nginx that were configured by hand. Called by {@code ./poise bench data-plane}.
 */
public final class DataPlaneJob {
  private static final String HELP =
      """
      ./poise bench data-plane [options]
        --only NAME,...      measure these kinds of traffic; all if absent:
      %s
        --rounds N           let every balancer carry traffic exactly N times; if absent 11 times, and up
                             to 61 until the ratios that have a bar are known to two per cent
        --seconds N          each time so long; 1 if absent
        --json FILE          write the figures there as well, and the configurations\
      """
          .formatted(names("                             "));

  private final RunningPoise poise;
  private final Scope scope;
  private final Report report;
  private final Path configurations;
  private final PlainHaproxy.Setup besidePoise;
  private final Certificate certificate;

  private DataPlaneJob(ProjectPlaces project, RunningPoise poise, Scope scope, Report report) {
    this.poise = poise;
    this.scope = scope;
    this.report = report;
    configurations = project.root().resolve("bench");
    besidePoise = PlainHaproxy.Setup.of(project, poise);
    certificate = Certificate.make(scope, poise.folder(), "server");
  }

  public static void main(String[] arguments) {
    Options usual = Options.USUAL.withOnly(TrafficKind.names());
    Job.run(
        HELP,
        arguments,
        usual,
        (project, poise, scope, options, report) ->
            new DataPlaneJob(project, poise, scope, report).measure(options));
  }

  private static String names(String indent) {
    return String.join("\n", TrafficKind.names().stream().map(name -> indent + name).toList());
  }

  private void measure(Options options) {
    PlainHaproxy.startMembers(scope, besidePoise);
    PlainHaproxy.Setup alone = besidePoise.alone(scope);
    PlainHaproxy.startMembers(scope, alone);
    report.progress("Configurations");
    Rivals rivals = new Rivals(fromPoise(), byHand(), bare(alone), nginx(alone.room()));
    report.remark("1,000 content rules and UDP: ./poise bench rules, ./poise bench udp");
    for (TrafficKind kind : TrafficKind.values()) {
      if (options.only().contains(kind.word())) rivals.measure(kind, scope, options, report);
    }
  }

  /** As many processes as the HAProxies by hand: each listener more costs a process a little. */
  private Rivals.Entrances fromPoise() {
    Members members = besidePoise.members();
    Balancer plain =
        poise.balancer(
            "plain",
            List.of(members.listener(Balancer.PORT), members.tcpListener(Balancer.TCP_PORT)));
    Balancer tls =
        poise.balancer(
            "tls", List.of(members.tlsListener(Balancer.TLS_PORT, poise.upload(certificate))));
    configuration("Poise, HTTP and TCP", plain);
    configuration("Poise, HTTPS", tls);
    return port -> {
      Balancer one = port == Balancer.TLS_PORT ? tls : plain;
      return one.contender("Poise", port);
    };
  }

  private void configuration(String name, Balancer balancer) {
    report.configuration(
        name, "as its node renders it, in the JSON file", balancer.renderedConfiguration());
  }

  private Rivals.Entrances byHand() {
    String address = poise.otherAddress(2);
    PlainHaproxy.Setup counting = besidePoise.counting(scope, address);
    PlainHaproxy.startMembers(scope, counting);
    String name = "HAProxy configured by hand";
    configuration(name + ", packets", "haproxy/by-hand.nft");
    return haproxy(name, counting, "by-hand", address);
  }

  private Rivals.Entrances bare(PlainHaproxy.Setup setup) {
    return haproxy("HAProxy, bare minimum", setup, "bare", poise.otherAddress(3));
  }

  /** One process with HTTP and TCP, one with HTTPS: a file says one or the other. */
  private Rivals.Entrances haproxy(
      String name, PlainHaproxy.Setup setup, String file, String address) {
    configuration(name, "haproxy/" + file + ".cfg");
    PlainHaproxy plain =
        PlainHaproxy.start(scope, setup.with(Map.of("TCP", "yes")), file, address, Balancer.PORT);
    Path bundle = certificate.writeBundle(poise.folder().resolve("server.pem"));
    PlainHaproxy tls =
        PlainHaproxy.start(
            scope,
            setup.with(Map.of("CERTIFICATE", bundle.toString())).in("tls"),
            file,
            address,
            Balancer.TLS_PORT);
    return port -> {
      PlainHaproxy one = port == Balancer.TLS_PORT ? tls : plain;
      return one.contender(name, port);
    };
  }

  private Rivals.Entrances nginx(Room room) {
    String name = "nginx";
    String address = poise.otherAddress(4);
    Path template = configuration(name, "nginx/data-plane.conf");
    Nginx nginx =
        Nginx.start(
            scope,
            room,
            template,
            poise.folder(),
            Map.of(
                "ADDRESS",
                address,
                "BACKEND",
                besidePoise.members().address(),
                "CERTIFICATE",
                certificate.certificate().toString(),
                "KEY",
                certificate.key().toString()));
    LinuxProcess worker = nginx.worker();
    return port -> new Contender(name, room, Ports.endpoint(address, port), worker::cpuTime);
  }

  private Path configuration(String name, String file) {
    Path path = configurations.resolve(file);
    report.configuration(name, "bench/" + file, path);
    return path;
  }
}
