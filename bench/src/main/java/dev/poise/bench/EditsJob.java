package dev.poise.bench;

import dev.poise.standalone.ProjectPlaces;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures what becomes of the time from an edit to its effect while the number of load balancers
 * on a node grows. Called by {@code ./poise bench edits}.
 */
public final class EditsJob {
  private static final String HELP =
      """
      ./poise bench edits [options]
        --edits N            measure N edits of each kind with each size; 200 if absent
        --sizes N,N,...      with so many load balancers on the node; 1,100,500 if absent
        --json FILE          write the figures there as well\
      """;

  /** With 500 load balancers, and so with fewer. */
  private static final Edits.Bars BARS = new Edits.Bars(200, 600);

  private EditsJob() {}

  public static void main(String[] arguments) {
    Job.run(HELP, arguments, Options.USUAL.withEdits(200), EditsJob::measure);
  }

  private static void measure(
      ProjectPlaces project, RunningPoise poise, Scope scope, Options options, Report report) {
    PlainHaproxy.Setup setup = PlainHaproxy.Setup.of(project, poise);
    PlainHaproxy.startMembers(scope, setup);
    Members members = setup.members();
    String certificate = poise.upload(Certificate.make(scope, poise.folder(), "first"));
    List<Map<String, Object>> listeners =
        List.of(
            members.listener(Balancer.PORT), members.tlsListener(Balancer.TLS_PORT, certificate));
    Balancer edited = poise.balancer("edited", listeners);
    CertificateEdit replace =
        new CertificateEdit(poise, scope, certificate, edited.at(Balancer.TLS_PORT));
    Slopes slopes = new Slopes();
    int others = 0;
    for (int size : options.sizes()) {
      report.progress("Making load balancers until there are " + size);
      poise.balancers("other", others, size - 1, members);
      others = size - 1;
      Edits edits = new Edits(poise, members, edited, options.edits(), BARS).measureAll(report);
      edits.measure("certificate replaced", Optional.empty(), replace);
      slopes.add(size, edits.report(report, ", of " + size));
    }
    for (String column : List.of("p50", "p95", "p99")) {
      report.add(new Report.Table(column + " by load balancers", "ms", 1, slopes.of(column)));
    }
  }
}
