package dev.poise.bench;

import dev.poise.bench.Traffic.Contender;
import dev.poise.standalone.ProjectPlaces;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures how well Poise does its main job: bringing edits to the traffic, and carrying it. Called
 * by {@code ./poise bench main-job}.
 */
public final class MainJob {
  private final ProjectPlaces project;
  private final Options options;
  private final Scope scope;
  private final Report report;

  private MainJob(ProjectPlaces project, Options options, Scope scope) {
    this.project = project;
    this.options = options;
    this.scope = scope;
    this.report = new Report(System.out, Machine.facts());
  }

  public static void main(String[] arguments) {
    Scope scope = new Scope();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(scope::close));
    try {
      Options options = Options.parse(List.of(arguments));
      ProjectPlaces project = new ProjectPlaces(Path.of(System.getProperty("poise.root", ".")));
      new MainJob(project, options, scope).run();
    } catch (Options.Unusable e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (RuntimeException e) {
      // While everything is being ended because of a signal, everything fails: that is no news.
      if (!scope.isClosed()) e.printStackTrace();
      System.exit(1);
    }
    System.exit(0);
  }

  private void run() {
    report.progress("Starting a database, the server and a node");
    RunningPoise poise = RunningPoise.start(project, scope);
    try {
      measure(poise);
    } catch (RuntimeException e) {
      if (!scope.isClosed()) System.err.println(poise.lastWords());
      throw e;
    }
    options.json().ifPresent(report::writeJson);
  }

  private void measure(RunningPoise poise) {
    Members members = new Members(poise.otherAddress(1));
    PlainHaproxy.Setup setup =
        new PlainHaproxy.Setup(project.root().resolve("bench/haproxy"), poise.folder(), members);
    PlainHaproxy backend =
        PlainHaproxy.start(scope, setup, "backend", members.address(), Members.PORT_OF_A);
    new Edits(poise, members, poise.balancer("edits", members), options.edits()).measure(report);

    Balancer balancer = poise.balancer("traffic", members);
    int port = Balancer.PORT;
    PlainHaproxy byHand = PlainHaproxy.start(scope, setup, "by-hand", poise.otherAddress(2), port);
    PlainHaproxy bare = PlainHaproxy.start(scope, setup, "bare", poise.otherAddress(3), port);
    new Traffic(
            scope,
            new Contender("Poise", balancer.at(port), balancer.haproxy()),
            new Contender("HAProxy configured by hand", byHand.at(port), byHand.process()),
            new Contender("HAProxy, bare minimum", bare.at(port), bare.process()),
            new Contender(
                "no balancer, straight to a member",
                backend.at(Members.PORT_OF_A),
                backend.process()),
            options)
        .measure(report);

    new Sizes(poise, members, options.loadBalancers()).measure(report);
  }
}
