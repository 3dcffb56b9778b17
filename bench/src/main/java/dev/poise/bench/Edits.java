package dev.poise.bench;

import dev.poise.standalone.Deadline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;

/**
 * How long an edit takes from the call of the API to the first request that shows it, and what it
 * costs the clients meanwhile.
 *
 * <p>The API is called on one thread while another one asks the listener once in a millisecond:
 * often enough to see the effect when it comes, seldom enough to leave the processor to those who
 * bring it about. Whose answer shows a weight must not be a matter of luck. Member {@code b} has
 * weight 10 and member {@code a} has 1 or 100, so the lighter one hardly ever answers twice in a
 * row and the heavier one nine times of ten: the new weight shows with the first of six answers in
 * a row from the one that has become the heavier. When {@code a} is disabled, it is the first of
 * six from {@code b}.
 *
 * <p>An edit begins when the one before is applied and a while has passed, as edits of people do:
 * what is measured is an edit, not a queue of them. The first ones are not counted, because a
 * server that has just started is slow at everything it does for the first time.
 */
final class Edits {
  private static final int RUN = 6;
  private static final int FIRST_NEW_PORT = 20_000;
  private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(1);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final RunningPoise poise;
  private final Members members;
  private final Balancer balancer;
  private final int count;
  private final Bars bars;
  private final String memberA;
  private final Random random = new Random();
  private final List<Figure> latencies = new ArrayList<>();
  private final List<Figure> costs = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  Edits(RunningPoise poise, Members members, Balancer balancer, int count, Bars bars) {
    this.poise = poise;
    this.members = members;
    this.balancer = balancer;
    this.count = count;
    this.bars = bars;
    this.memberA = balancer.memberPath(Members.PORT_OF_A);
  }

  /**
   * What is expected of edits.
   *
   * @param weight the 95th percentile, in milliseconds
   * @param listener the same
   */
  record Bars(int weight, int listener) {}

  /** Measures weights, members disabled and listeners added. */
  Edits measureAll(Report report) {
    report.progress("Edits: " + count + " of each kind");
    String memberB = balancer.memberPath(Members.PORT_OF_B);
    poise.change("PATCH", memberA, Optional.of(Map.of("weight", 1)));
    poise.change("PATCH", memberB, Optional.of(Map.of("weight", 10)));
    measure("weight changed", Optional.of(Bar.below("p95", bars.weight())), this::changeWeight);
    poise.change("PATCH", memberA, Optional.of(Map.of("weight", 100)));
    measure("member disabled", Optional.empty(), this::disable);
    measure("listener added", Optional.of(Bar.below("p95", bars.listener())), this::addListener);
    return this;
  }

  /**
   * Says what was measured.
   *
   * @param circumstances what belongs behind the tables' titles
   * @return how long each edit took
   */
  List<Figure> report(Report report, String circumstances) {
    report.add(
        new Report.Table("Time since the call of the API" + circumstances, "ms", 1, latencies));
    report.add(
        new Report.Table("Requests of clients meanwhile" + circumstances, "count", 0, costs));
    failures.forEach(report::remark);
    return List.copyOf(latencies);
  }

  /** One edit, undone again if need be. */
  interface Edit {
    /**
     * Makes it.
     *
     * @param number counts from 0
     * @return how many milliseconds passed until what was seen
     */
    SequencedMap<String, Double> make(int number, Client probe);
  }

  /** Makes edits of one kind while clients go on asking. */
  void measure(String kind, Optional<Bar> bar, Edit edit) {
    Requests requests = new Requests();
    SequencedMap<String, List<Double>> seen = new LinkedHashMap<>();
    int warmUp = Math.ceilDiv(count, 10);
    InetSocketAddress web = balancer.at(Balancer.PORT);
    try (SteadyLoad _ = new SteadyLoad(web, requests);
        Client probe = new Client(web, requests)) {
      for (int number = 0; number < warmUp + count; number++) {
        Pace.rest(Duration.ofMillis(random.nextInt(200, 300)));
        SequencedMap<String, Double> times = edit.make(number, probe);
        if (number < warmUp) continue;
        times.forEach(
            (what, millis) -> seen.computeIfAbsent(what, _ -> new ArrayList<>()).add(millis));
      }
    }
    seen.forEach((what, millis) -> {
      Figure figure = Figure.latency(kind + ": " + what, Sample.of(millis));
      boolean isEffect = what.equals(seen.firstEntry().getKey());
      latencies.add(isEffect && bar.isPresent() ? figure.with(bar.get()) : figure);
    });
    costs.add(
        Figure.of(kind, "answered", requests.answered())
            .and("failed", requests.failed())
            .with(Bar.atMost("failed", 0)));
    requests.failures().forEach((why, times) -> failures.add(kind + ": " + times + " x " + why));
  }

  private SequencedMap<String, Double> changeWeight(int number, Client probe) {
    boolean heavier = number % 2 == 0;
    Call call = new Call(poise, "PATCH", memberA, Optional.of(Map.of("weight", heavier ? 100 : 1)));
    long effect = awaitRunOf(heavier ? "a" : "b", probe);
    SequencedMap<String, Double> times = new LinkedHashMap<>();
    times.put("first request", call.millisUntil(effect));
    times.put("the API says applied", call.millisUntilApplied());
    return times;
  }

  private SequencedMap<String, Double> disable(int number, Client probe) {
    Call call = new Call(poise, "POST", memberA + ":disable", Optional.empty());
    long effect = awaitRunOf("b", probe);
    SequencedMap<String, Double> times = new LinkedHashMap<>();
    times.put("first request", call.millisUntil(effect));
    times.put("the API says applied", call.millisUntilApplied());
    poise.change("POST", memberA + ":enable", Optional.empty());
    awaitRunOf("a", probe);
    return times;
  }

  private SequencedMap<String, Double> addListener(int number, Client probe) {
    int port = FIRST_NEW_PORT + number;
    Call call =
        new Call(
            poise, "POST", balancer.path() + "/listeners", Optional.of(members.listener(port)));
    long connected = awaitConnection(balancer.at(port));
    long effect = awaitAnswer(balancer.at(port));
    SequencedMap<String, Double> times = new LinkedHashMap<>();
    times.put("first byte of a member", call.millisUntil(effect));
    times.put("first connection", call.millisUntil(connected));
    times.put("the API says applied", call.millisUntilApplied());
    String listener = "/listeners/" + call.answer().path("id").asString();
    poise.change("DELETE", listener + "?removeMembers=true", Optional.empty());
    return times;
  }

  /** When the first of some answers in a row from that member came. */
  private static long awaitRunOf(String member, Client probe) {
    Deadline deadline = Deadline.in(PATIENCE);
    long first = 0;
    for (int run = 0; run < RUN; Pace.rest(BETWEEN_REQUESTS)) {
      if (deadline.isOver())
        throw new IllegalStateException("member " + member + " gets too little");
      run = probe.ask().equals(member) ? run + 1 : 0;
      if (run == 1) first = System.nanoTime();
    }
    return first;
  }

  private static long awaitConnection(InetSocketAddress target) {
    Deadline deadline = Deadline.in(PATIENCE);
    while (!deadline.isOver()) {
      try (HttpConnection _ = HttpConnection.open(target)) {
        return System.nanoTime();
      } catch (IOException refused) {
        Pace.rest(BETWEEN_REQUESTS);
      }
    }
    throw new IllegalStateException("nobody listens on " + target);
  }

  /** Until a member of the new listener has passed its check, the listener answers 503. */
  private static long awaitAnswer(InetSocketAddress target) {
    Deadline deadline = Deadline.in(PATIENCE);
    try (Client client = new Client(target, new Requests())) {
      while (client.ask().isEmpty()) {
        if (deadline.isOver()) throw new IllegalStateException("no member answers on " + target);
        Pace.rest(BETWEEN_REQUESTS);
      }
      return System.nanoTime();
    }
  }
}
