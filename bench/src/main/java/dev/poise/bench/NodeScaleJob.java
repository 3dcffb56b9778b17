package dev.poise.bench;

import dev.poise.bench.Report.Table;
import dev.poise.standalone.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Measures one node with many load balancers: how long it takes to come up with all of them, how
 * long a server that was away needs to know it again, and what it costs to do nothing. Called by
 * {@code ./poise bench node-scale}.
 */
public final class NodeScaleJob {
  private static final String HELP =
      """
      ./poise bench node-scale [options]
        --sizes N,N,...      so many load balancers on the node; 100,250,500 if absent
        --rounds N           come up and lose the server N times with each size; 5 if absent
        --seconds N          watch it idle for so long; 30 if absent
        --json FILE          write the figures there as well\
      """;

  private static final int MOST = 2_000;
  private static final int MAKING_CLIENTS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  /** After this, what the server heard of the node before it was killed counts no more. */
  private static final Duration OUTAGE = Duration.ofSeconds(15);

  /** The size that bars are meant for. */
  private static final int SIZE_OF_BARS = 500;

  private final RunningPoise poise;
  private final Scope scope;
  private final CommandLine options;
  private final Report report;
  private final PlainHaproxy.Setup setup;
  private final List<Balancer> balancers = new ArrayList<>();
  private final List<Figure> starts = new ArrayList<>();
  private final List<Figure> resyncs = new ArrayList<>();
  private final List<Figure> memories = new ArrayList<>();
  private final List<Figure> agents = new ArrayList<>();
  private final List<Figure> processors = new ArrayList<>();

  private NodeScaleJob(RunningPoise poise, Scope scope, CommandLine options, Report report) {
    this.poise = poise;
    this.scope = scope;
    this.options = options;
    this.report = report;
    setup = PlainHaproxy.Setup.of(Job.project(), poise);
  }

  public static void main(String[] arguments) {
    Job.alone(scope -> {
      CommandLine options = CommandLine.parse(HELP, List.of(arguments));
      List<Integer> sizes = options.numbers("--sizes", List.of(100, 250, 500), MOST);
      int rounds = options.number("--rounds", 5, 100);
      Optional<Path> json = options.path("--json");
      Report report = new Report(System.out, Machine.facts());
      report.progress("Starting a database, the server and a node");
      RunningPoise poise = RunningPoise.startLarge(Job.project(), scope);
      try {
        new NodeScaleJob(poise, scope, options, report).measure(sizes, rounds);
      } catch (RuntimeException e) {
        if (!scope.isClosed()) System.err.println(poise.lastWords());
        throw e;
      }
      json.ifPresent(report::writeJson);
    });
  }

  private void measure(List<Integer> sizes, int rounds) {
    PlainHaproxy.startMembers(scope, setup);
    poise.allow(sizes.getLast());
    for (int size : sizes) {
      report.progress("%d load balancers: making them".formatted(size));
      growTo(size);
      report.progress("%d load balancers: idle".formatted(size));
      idle(size);
      report.progress("%d load balancers: %d times from cold".formatted(size, rounds));
      Sample cold = sample(rounds, this::coldStart);
      report.progress("%d load balancers: %d times without a server".formatted(size, rounds));
      Sample resync = sample(rounds, this::resync);
      boolean bars = size == SIZE_OF_BARS;
      starts.add(barred(Figure.spread(name(size), cold), bars, Bar.below("highest", 40)));
      resyncs.add(barred(Figure.spread(name(size), resync), bars, Bar.below("highest", 3)));
    }
    report.add(new Table("From cold until all answer", "s", 2, starts));
    report.add(new Table("From a server that is back until all is ACTIVE", "s", 2, resyncs));
    report.add(new Table("Memory", "MB", 1, memories));
    report.add(new Table("Memory of the agent", "MB", 1, agents));
    report.add(new Table("Idle, share of one processor", "%", 2, processors));
  }

  private static String name(int size) {
    return size + " load balancers";
  }

  private static Figure barred(Figure figure, boolean bars, Bar bar) {
    return bars ? figure.with(bar) : figure;
  }

  /** Measures something several times. */
  private interface Measurement {
    double seconds();
  }

  private static Sample sample(int rounds, Measurement measurement) {
    List<Double> seconds = new ArrayList<>();
    for (int round = 0; round < rounds; round++) seconds.add(measurement.seconds());
    return Sample.of(seconds);
  }

  private void growTo(int size) {
    int first = balancers.size();
    List<List<Balancer>> made =
        IntStream.range(0, MAKING_CLIENTS)
            .<List<Balancer>>mapToObj(_ -> new ArrayList<>())
            .toList();
    List<Thread> threads =
        IntStream.range(0, MAKING_CLIENTS)
            .mapToObj(client ->
                Thread.startVirtualThread(() -> {
                  for (int i = first + client; i < size; i += MAKING_CLIENTS) {
                    made.get(client).add(poise.unawaited("scale-" + i, setup.members()));
                  }
                }))
            .toList();
    threads.forEach(Pace::join);
    made.forEach(balancers::addAll);
    if (balancers.size() != size) throw new IllegalStateException("not all could be made");
    awaitAnswers();
    awaitActive();
  }

  private double coldStart() {
    poise.stopNode();
    long start = System.nanoTime();
    poise.startAgent(scope);
    awaitAnswers();
    double seconds = (System.nanoTime() - start) / 1e9;
    awaitActive();
    return seconds;
  }

  /** Waits until a member answers through every load balancer. */
  private void awaitAnswers() {
    List<Balancer> silent = new ArrayList<>(balancers);
    boolean all =
        Deadline.in(PATIENCE)
            .await(() -> {
              silent.removeIf(Balancer::serves);
              return silent.isEmpty();
            });
    if (!all) throw new IllegalStateException(silent.size() + " load balancers do not serve");
  }

  private void awaitActive() {
    if (!Deadline.in(PATIENCE).await(() -> active() == balancers.size())) {
      throw new IllegalStateException("only " + active() + " load balancers are ACTIVE");
    }
  }

  private long active() {
    Pace.rest(BETWEEN_LOOKS);
    JsonNode page = poise.api().get("/load-balancers?pageSize=1&state=ACTIVE");
    return page.path("totalSize").asLong();
  }

  /** The server is killed and comes back after a while, and on the node nothing changes. */
  private double resync() {
    Set<Long> before = pids();
    poise.plane().killServer();
    Pace.rest(OUTAGE);
    poise.plane().startServer(scope);
    long back = System.nanoTime();
    awaitActive();
    double seconds = (System.nanoTime() - back) / 1e9;
    if (!pids().equals(before)) report.remark("the node changed processes meanwhile");
    return seconds;
  }

  private Set<Long> pids() {
    Set<Long> pids = new HashSet<>();
    poise.haproxies().forEach(process -> pids.add(process.pid()));
    return pids;
  }

  private void idle(int size) {
    List<LinuxProcess> haproxies = poise.haproxies();
    Map<String, Double> before = cpu(haproxies);
    int seconds = options.number("--seconds", 30, 600);
    Pace.rest(Duration.ofSeconds(seconds));
    Map<String, Double> after = cpu(haproxies);
    Figure share = Figure.of(name(size), "HAProxys", percent("HAProxys", before, after, seconds));
    for (String part : List.of("agent", "server", "PostgreSQL")) {
      share = share.and(part, percent(part, before, after, seconds));
    }
    processors.add(share);
    double all = haproxies.stream().mapToDouble(LinuxProcess::pssMegabytes).sum();
    double agent = poise.agent().rssMegabytes();
    Figure memory =
        Figure.of(name(size), "HAProxys", all)
            .and("for one", all / size)
            .and("server", poise.server().rssMegabytes())
            .and("PostgreSQL", poise.plane().postgres().pssMegabytesOfFamily());
    boolean bars = size == SIZE_OF_BARS;
    memories.add(barred(memory, bars, Bar.below("for one", 6)));
    agents.add(barred(Figure.of(name(size), "RSS", agent), bars, Bar.below("RSS", 250)));
  }

  private Map<String, Double> cpu(List<LinuxProcess> haproxies) {
    return Map.of(
        "HAProxys",
        haproxies.stream().mapToDouble(one -> seconds(one.cpuTime())).sum(),
        "agent",
        seconds(poise.agent().cpuTimeSinceStart()),
        "server",
        seconds(poise.server().cpuTimeSinceStart()),
        "PostgreSQL",
        seconds(poise.plane().postgres().cpuTimeOfFamily()));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private static double percent(
      String part, Map<String, Double> before, Map<String, Double> after, int seconds) {
    return 100 * (after.getOrDefault(part, 0.0) - before.getOrDefault(part, 0.0)) / seconds;
  }
}
