package dev.poise.bench;

import dev.poise.standalone.ProjectPlaces;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A benchmark from its command line to its last figure; nothing is left behind, however it ends.
 */
interface Job {
  /** Measures with everything running. */
  void measure(
      ProjectPlaces project, RunningPoise poise, Scope scope, Options options, Report report);

  /**
   * Runs one and ends the program.
   *
   * @param help names the options it takes
   * @param usual what holds for options that are absent
   */
  static void run(String help, String[] arguments, Options usual, Job job) {
    alone(scope -> {
      Options options = Options.parse(help, List.of(arguments), usual);
      ProjectPlaces project = project();
      Report report = new Report(System.out, Machine.facts());
      report.progress("Starting a database, the server and a node");
      RunningPoise poise = RunningPoise.start(project, scope);
      try {
        job.measure(project, poise, scope, options, report);
      } catch (RuntimeException e) {
        if (!scope.isClosed()) System.err.println(poise.lastWords());
        throw e;
      }
      options.json().ifPresent(report::writeJson);
    });
  }

  /** Where the project's folder is. */
  static ProjectPlaces project() {
    return new ProjectPlaces(Path.of(System.getProperty("poise.root", ".")));
  }

  /** Does the work and ends the program, and whatever was started in the scope before that. */
  static void alone(Consumer<Scope> work) {
    Scope scope = new Scope();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(scope::close));
    try {
      work.accept(scope);
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
}
