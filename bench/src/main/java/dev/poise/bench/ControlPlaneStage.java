package dev.poise.bench;

import static dev.poise.bench.ControlPlaneOptions.EDIT;
import static dev.poise.bench.ControlPlaneOptions.GET;
import static dev.poise.bench.ControlPlaneOptions.LIST;
import static dev.poise.bench.ControlPlaneOptions.REPORT;

import dev.poise.bench.Processors.Usage;
import dev.poise.bench.Report.Table;
import dev.poise.spec.LoadBalancerId;
import dev.poise.standalone.ApiClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * The control plane with one size of its database, while all nodes poll and report: how long calls
 * take at a rate that leaves air, how many there can be at most, and what they cost.
 */
final class ControlPlaneStage {
  private static final int GETS_PER_SECOND = 100;
  private static final int LISTS_PER_SECOND = 5;
  private static final int EDITS_PER_SECOND = 20;
  private static final int CLIENTS = 16;
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Bar EDITS = Bar.atLeast("median", 300);

  private final ControlPlane plane;
  private final Fleet fleet;
  private final Processors processors;
  private final ControlPlaneOptions options;
  private final Estate estate;
  private final List<LoadBalancerId> loadBalancers;
  private final ApiLoad load;

  private final Kind get = new Kind("get", Optional.of(Bar.below("p99", 30)));
  private final Kind list = new Kind("list, first page", Optional.empty());
  private final Kind filtered = new Kind("list, those that are ACTIVE", Optional.empty());
  private final Kind edit = new Kind("edit", Optional.of(Bar.below("p99", 80)));
  private final Kind toNode =
      new Kind("edit until both nodes have it", Optional.of(Bar.below("p95", 300)));
  private final Kind report = new Kind("report of a node", Optional.empty());
  private final Kind idle = new Kind("nothing but reports as they come", Optional.empty());
  private final List<Double> reportedPerSecond = new ArrayList<>();

  ControlPlaneStage(
      ControlPlane plane,
      Fleet fleet,
      ControlPlaneOptions options,
      Estate estate,
      Requests requests) {
    this.plane = plane;
    this.fleet = fleet;
    this.options = options;
    this.estate = estate;
    this.processors = new Processors(plane);
    this.load = new ApiLoad(requests);
    List<LoadBalancerId> mixed = new ArrayList<>(estate.loadBalancers());
    Collections.shuffle(mixed);
    this.loadBalancers = List.copyOf(mixed);
  }

  void measure(Report report) {
    report.progress(
        "%,d load balancers: %d rounds of %d s for each kind of call"
            .formatted(loadBalancers.size(), options.rounds(), options.seconds()));
    warmUp();
    Duration each = Duration.ofSeconds(options.seconds());
    for (int round = 0; round < options.rounds(); round++) {
      steadily(each);
      atMost(each);
      watch(each);
    }
    report.add(latencies());
    report.add(throughput());
    report.add(costs());
    report.add(shares());
    report.add(sizes());
  }

  /** What a just started server does for the first time, it does slowly. */
  private void warmUp() {
    if (options.measures(GET))
      load.asFastAsPossible(CLIENTS, WARM_UP, (number, _) -> read(path(number)));
    if (options.measures(LIST))
      load.asFastAsPossible(CLIENTS, WARM_UP, (_, _) -> read(firstPage("&state=ACTIVE")));
    if (options.measures(EDIT))
      load.asFastAsPossible(CLIENTS, WARM_UP, (number, _) -> edit(number));
    if (options.measures(REPORT)) fleet.flood(CLIENTS, WARM_UP);
  }

  private void steadily(Duration each) {
    if (options.measures(GET))
      load.steadily(GETS_PER_SECOND, each, (number, start) -> get(number, start));
    if (options.measures(LIST)) {
      load.steadily(LISTS_PER_SECOND, each, (_, start) -> list("", list, start));
      load.steadily(LISTS_PER_SECOND, each, (_, start) -> list("&state=ACTIVE", filtered, start));
    }
    if (options.measures(EDIT)) load.steadily(EDITS_PER_SECOND, each, this::editAndFollow);
  }

  private void atMost(Duration each) {
    if (options.measures(GET)) asFastAsPossible(get, each, (number, _) -> read(path(number)));
    if (options.measures(LIST)) asFastAsPossible(list, each, (_, _) -> read(firstPage("")));
    if (options.measures(EDIT)) asFastAsPossible(edit, each, (number, _) -> edit(number));
    if (options.measures(REPORT)) flood(each);
  }

  private void asFastAsPossible(Kind kind, Duration duration, ApiLoad.Call call) {
    Usage before = processors.now();
    double perSecond = load.asFastAsPossible(CLIENTS, duration, call);
    kind.turns().add(new Kind.Turn(perSecond, processors.now().since(before)));
  }

  private void flood(Duration duration) {
    Usage before = processors.now();
    Fleet.Counts counted = fleet.counts();
    fleet.flood(CLIENTS, duration);
    noteReports(report, before, counted);
  }

  private void watch(Duration duration) {
    Usage before = processors.now();
    Fleet.Counts counted = fleet.counts();
    Pace.rest(duration);
    noteReports(idle, before, counted);
    reportedPerSecond.removeLast();
  }

  private void noteReports(Kind kind, Usage before, Fleet.Counts counted) {
    Usage usage = processors.now().since(before);
    Fleet.Counts news = fleet.counts().since(counted);
    kind.turns().add(new Kind.Turn(news.reports() / usage.wall(), usage));
    reportedPerSecond.add(news.loadBalancers() / usage.wall());
  }

  private String path(int number) {
    return "/load-balancers/" + loadBalancer(number);
  }

  private LoadBalancerId loadBalancer(int number) {
    return loadBalancers.get(number % loadBalancers.size());
  }

  private static String firstPage(String filter) {
    return "/load-balancers?pageSize=25" + filter;
  }

  private void get(int number, long start) throws IOException {
    read(path(number));
    get.took(start);
  }

  private void list(String filter, Kind kind, long start) throws IOException {
    read(firstPage(filter));
    kind.took(start);
  }

  private void read(String path) throws IOException {
    require(plane.api().send("GET", path, Optional.empty(), Map.of()));
  }

  private void editAndFollow(int number, long start) throws IOException {
    Fleet.Arrival arrival = fleet.expect(loadBalancer(number));
    edit(number);
    edit.took(start);
    toNode.until(start, arrival.await());
  }

  /** Gives a member another weight. */
  private void edit(int number) throws IOException {
    LoadBalancerId id = loadBalancer(number);
    Object body = Map.of("weight", estate.nextWeight(id));
    String member = "/members/" + fleet.memberOf(id);
    require(plane.api().send("PATCH", member, Optional.of(body), Map.of()));
  }

  private Table latencies() {
    return new Table(
        "Time of a call, at %d, %d, %d, %d in a second"
            .formatted(GETS_PER_SECOND, LISTS_PER_SECOND, LISTS_PER_SECOND, EDITS_PER_SECOND),
        "ms",
        1,
        timed().map(Kind::latencyFigure).toList());
  }

  private Table throughput() {
    List<Figure> figures = new ArrayList<>();
    counted(get, list, edit, report)
        .map(kind -> Figure.spread(kind.name(), kind.perSecond()))
        .map(figure -> figure.name().equals(edit.name()) ? figure.with(EDITS) : figure)
        .forEach(figures::add);
    if (!reportedPerSecond.isEmpty())
      figures.add(Figure.spread("load balancers in reports", Sample.of(reportedPerSecond)));
    return new Table("At most, with %d clients".formatted(CLIENTS), "per second", 0, figures);
  }

  private Table costs() {
    return new Table(
        "Processor time of server and database meanwhile, for one",
        "µs",
        0,
        counted(get, list, edit, report, idle)
            .map(kind -> Figure.spread(kind.name(), kind.micros()))
            .toList());
  }

  private Table shares() {
    return new Table(
        "Share of the processors at most",
        "%",
        0,
        counted(get, list, edit, report, idle).map(Kind::shares).toList());
  }

  private Stream<Kind> timed() {
    return Stream.of(get, list, filtered, edit, toNode).filter(kind -> !kind.millis().isEmpty());
  }

  private static Stream<Kind> counted(Kind... kinds) {
    return Stream.of(kinds).filter(kind -> !kind.turns().isEmpty());
  }

  private Table sizes() {
    return new Table(
        "Size",
        "MB",
        0,
        List.of(
            Figure.of("server, RSS", "size", plane.server().rssMegabytes()),
            Figure.of("PostgreSQL, PSS", "size", plane.postgres().pssMegabytesOfFamily()),
            Figure.of("database on disk", "size", plane.databaseMegabytes())));
  }

  /** What should grow no faster than the installation. */
  SequencedMap<String, Double> growth() {
    SequencedMap<String, Double> numbers = new LinkedHashMap<>();
    timed().forEach(kind -> numbers.put(kind.name() + ", ms, p50", kind.latency().median()));
    counted(get, list, edit, report, idle)
        .forEach(kind -> numbers.put(kind.name() + ", µs of processors", kind.micros().median()));
    numbers.put("database, MB", plane.databaseMegabytes());
    numbers.put("server, MB", plane.server().rssMegabytes());
    return numbers;
  }

  private static void require(ApiClient.Answer answer) throws IOException {
    if (!answer.succeeded()) throw new IOException(answer.toString());
  }
}
