package dev.poise.bench;

import dev.poise.bench.Report.Table;
import dev.poise.standalone.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;

/**
 * Measures the server with a large database and many nodes, which are simulated. Called by {@code
 * ./poise bench control-plane}.
 *
 * <p>Everything is done with a quarter, half and all of the load balancers, one after the other in
 * the same database, so that it shows what grows with them and what does not.
 */
public final class ControlPlaneJob {
  private static final int MAKING_CLIENTS = 8;

  /** What the service has that is shipped. */
  private static final int HEAP_MEGABYTES = 512;

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final ControlPlane plane;
  private final ControlPlaneOptions options;
  private final Report report;
  private final Requests requests = new Requests();
  private final List<Figure> making = new ArrayList<>();
  private final List<Figure> connecting = new ArrayList<>();

  private ControlPlaneJob(ControlPlane plane, ControlPlaneOptions options, Report report) {
    this.plane = plane;
    this.options = options;
    this.report = report;
  }

  public static void main(String[] arguments) {
    Job.alone(scope -> {
      ControlPlaneOptions options = ControlPlaneOptions.parse(List.of(arguments));
      Report report = new Report(System.out, Machine.facts());
      report.progress("Starting a database and the server");
      ControlPlane plane = ControlPlane.start(Job.project(), HEAP_MEGABYTES, scope);
      try {
        new ControlPlaneJob(plane, options, report).measure(scope);
      } catch (RuntimeException e) {
        if (!scope.isClosed()) System.err.println(plane.lastWords());
        throw e;
      }
      options.json().ifPresent(report::writeJson);
    });
  }

  private void measure(Scope scope) {
    Estate estate = new Estate(plane.api(), options.membersOfEach());
    report.progress("Making " + options.nodes() + " nodes");
    estate.makeNodes(options.nodes());
    Fleet fleet = scope.open(() -> new Fleet(estate.nodes(), requests), Fleet::pause);
    List<SequencedMap<String, Double>> grown = new ArrayList<>();
    for (int size : options.sizes()) {
      make(estate, size);
      connect(fleet, size);
      ControlPlaneStage stage = new ControlPlaneStage(plane, fleet, options, estate, requests);
      stage.measure(report);
      grown.add(stage.growth());
      fleet.pause();
    }
    report.add(new Table("Made through the API", "per second", 0, making));
    report.add(new Table("All nodes connect at once", "s", 1, connecting));
    report.add(growth(grown));
    requests.failures().forEach((why, times) -> report.remark(times + " x " + why));
  }

  private void make(Estate estate, int size) {
    int before = estate.loadBalancers().size();
    report.progress(
        "Making load balancers until there are %,d, with %d members each"
            .formatted(size, options.membersOfEach()));
    long start = System.nanoTime();
    estate.growTo(size, MAKING_CLIENTS);
    double seconds = (System.nanoTime() - start) / 1e9;
    making.add(
        Figure.of(
            "load balancers, from %,d to %,d".formatted(before, size),
            "made",
            (size - before) / seconds));
  }

  /** All nodes come at once and know nothing of what is new, as after an outage. */
  private void connect(Fleet fleet, int size) {
    report.progress("All nodes connect");
    long start = System.nanoTime();
    fleet.resume();
    boolean all =
        Deadline.in(PATIENCE).await(() -> fleet.size() == size * Fleet.NODES_OF_A_CLUSTER);
    double told = (System.nanoTime() - start) / 1e9;
    if (!all || !Deadline.in(PATIENCE).await(() -> active() == size)) {
      throw new IllegalStateException(
          "of %d load balancers, nodes have %d and the server says %d are active"
              .formatted(size * Fleet.NODES_OF_A_CLUSTER, fleet.size(), active()));
    }
    connecting.add(
        Figure.of("%,d load balancers".formatted(size), "told", told)
            .and("all ACTIVE", (System.nanoTime() - start) / 1e9));
  }

  private long active() {
    // The question costs the server something, so it is not asked all the time.
    Pace.rest(Duration.ofMillis(250));
    JsonNode page = plane.api().get("/load-balancers?pageSize=1&state=ACTIVE");
    return page.path("totalSize").asLong();
  }

  private Table growth(List<SequencedMap<String, Double>> grown) {
    List<Figure> figures = new ArrayList<>();
    for (String name : grown.getFirst().keySet()) {
      List<Double> numbers = grown.stream().map(stage -> stage.getOrDefault(name, 0.0)).toList();
      Figure figure =
          Figure.of(name, "%,d".formatted(options.sizes().getFirst()), numbers.getFirst());
      for (int i = 1; i < numbers.size(); i++) {
        figure = figure.and("%,d".formatted(options.sizes().get(i)), numbers.get(i));
      }
      figures.add(figure.and("ratio", numbers.getLast() / numbers.getFirst()));
    }
    return new Table("Growth, by load balancers", "see names", 1, figures);
  }
}
