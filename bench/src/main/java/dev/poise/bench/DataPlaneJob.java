package dev.poise.bench;

import dev.poise.bench.Rounds.Contender;
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
        --rounds N           let every balancer carry each kind N times; 9 if absent
        --seconds N          each time so long; 2 if absent
        --json FILE          write the figures there as well, and the configurations\
      """
          .formatted(names("                             "));

  private final RunningPoise poise;
  private final Scope scope;
  private final Report report;
  private final Path configurations;
  private final Members members;
  private final Certificate certificate;

  private DataPlaneJob(ProjectPlaces project, RunningPoise poise, Scope scope, Report report) {
    this.poise = poise;
    this.scope = scope;
    this.report = report;
    configurations = project.root().resolve("bench");
    members = new Members(poise.otherAddress(1));
    certificate = Certificate.make(scope, poise.folder(), "server");
  }

  public static void main(String[] arguments) {
    Options usual = Options.USUAL.withRounds(9).withOnly(TrafficKind.names());
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
    PlainHaproxy.start(scope, setup(Map.of()), "backend", members.address(), Members.PORT_OF_A);
    report.progress("Configurations");
    Rivals rivals = new Rivals(fromPoise(), byHand(), bare(), nginx());
    report.remark("1,000 content rules and UDP: ./poise bench rules, ./poise bench udp");
    for (TrafficKind kind : TrafficKind.values()) {
      if (options.only().contains(kind.word())) rivals.measure(kind, scope, options, report);
    }
  }

  /** As many processes as the HAProxies by hand: each listener more costs a process a little. */
  private Rivals.Entrances fromPoise() {
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
      return new Contender("Poise", one.at(port), one.haproxy());
    };
  }

  private void configuration(String name, Balancer balancer) {
    report.configuration(
        name, "as its node renders it, in the JSON file", balancer.renderedConfiguration());
  }

  private Rivals.Entrances byHand() {
    return haproxy("HAProxy configured by hand", "by-hand", poise.otherAddress(2));
  }

  private Rivals.Entrances bare() {
    return haproxy("HAProxy, bare minimum", "bare", poise.otherAddress(3));
  }

  /** One process with HTTP and TCP, one with HTTPS: a file says one or the other. */
  private Rivals.Entrances haproxy(String name, String file, String address) {
    configuration(name, "haproxy/" + file + ".cfg");
    PlainHaproxy plain =
        PlainHaproxy.start(scope, setup(Map.of("TCP", "yes")), file, address, Balancer.PORT);
    Path bundle = certificate.writeBundle(poise.folder().resolve("server.pem"));
    PlainHaproxy tls =
        PlainHaproxy.start(
            scope,
            setup(Map.of("CERTIFICATE", bundle.toString())).in(poise.folder().resolve("tls")),
            file,
            address,
            Balancer.TLS_PORT);
    return port -> {
      PlainHaproxy one = port == Balancer.TLS_PORT ? tls : plain;
      return new Contender(name, one.at(port), one.process());
    };
  }

  private Rivals.Entrances nginx() {
    String name = "nginx";
    String address = poise.otherAddress(4);
    Path template = configuration(name, "nginx/data-plane.conf");
    Nginx nginx =
        Nginx.start(
            scope,
            template,
            poise.folder(),
            Map.of(
                "ADDRESS",
                address,
                "BACKEND",
                members.address(),
                "CERTIFICATE",
                certificate.certificate().toString(),
                "KEY",
                certificate.key().toString()));
    LinuxProcess worker = nginx.worker();
    return port -> new Contender(name, Ports.endpoint(address, port), worker);
  }

  private Path configuration(String name, String file) {
    Path path = configurations.resolve(file);
    report.configuration(name, "bench/" + file, path);
    return path;
  }

  private PlainHaproxy.Setup setup(Map<String, String> more) {
    return new PlainHaproxy.Setup(configurations.resolve("haproxy"), poise.folder(), members, more);
  }
}
