package dev.poise.agent.observe;

import dev.poise.agent.engine.ProcessIdentity;
import dev.poise.agent.engine.Reading;
import dev.poise.agent.engine.Statistics;
import dev.poise.spec.ListenerId;
import dev.poise.spec.ListenerReport;
import dev.poise.spec.MemberId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Adds up what all processes of a load balancer counted, one after the other.
 *
 * <p>A process counts from 0. The totals must only grow, so a process that is not heard of any more
 * leaves the last of its counters behind. A process that was there before this agent counts from
 * what it said first. What is open now is added up over the processes that were heard of just now.
 */
final class Counters {
  private final Instant begin;
  private final Map<ProcessIdentity, Statistics> heard = new HashMap<>();
  private final Map<ProcessIdentity, Statistics> before = new HashMap<>();
  private final Map<String, long[]> endedListeners = new HashMap<>();
  private final Map<String, Long> endedMembers = new HashMap<>();

  private static final List<ToLongFunction<Statistics.Frontend>> COUNTED =
      List.of(
          Statistics.Frontend::total,
          Statistics.Frontend::refused,
          Statistics.Frontend::requests,
          Statistics.Frontend::receivedBytes,
          Statistics.Frontend::transmittedBytes,
          Statistics.Frontend::responses2xx,
          Statistics.Frontend::responses3xx,
          Statistics.Frontend::responses4xx,
          Statistics.Frontend::responses5xx);

  Counters(Instant begin) {
    this.begin = begin;
  }

  void add(Reading reading) {
    Map<ProcessIdentity, Statistics> now = new HashMap<>();
    for (Reading.OfProcess process : reading.draining()) {
      now.put(process.process(), process.statistics());
    }
    reading
        .live()
        .ifPresent(live -> now.put(live.counters().process(), live.counters().statistics()));
    reading.live().ifPresent(this::rememberStart);
    for (Map.Entry<ProcessIdentity, Statistics> process : heard.entrySet()) {
      if (!now.containsKey(process.getKey())) fold(process.getKey(), process.getValue());
    }
    heard.clear();
    heard.putAll(now);
  }

  private void rememberStart(Reading.Live live) {
    boolean older = live.since().isBefore(begin);
    if (older) before.putIfAbsent(live.counters().process(), live.counters().statistics());
  }

  private void fold(ProcessIdentity process, Statistics last) {
    addListeners(last, endedListeners, 1);
    addMembers(last, endedMembers, 1);
    Statistics start = before.remove(process);
    if (start == null) return;
    addListeners(start, endedListeners, -1);
    addMembers(start, endedMembers, -1);
  }

  private static void addListeners(Statistics from, Map<String, long[]> to, int sign) {
    for (Statistics.Frontend frontend : from.frontends()) {
      long[] sums = to.computeIfAbsent(frontend.name(), name -> new long[COUNTED.size()]);
      for (int i = 0; i < sums.length; i++) sums[i] += sign * COUNTED.get(i).applyAsLong(frontend);
    }
  }

  private static void addMembers(Statistics from, Map<String, Long> to, int sign) {
    for (Statistics.Server server : from.servers()) {
      to.merge(server.name(), sign * server.total(), Long::sum);
    }
  }

  ListenerReport of(ListenerId id) {
    Map<String, long[]> sums = new HashMap<>();
    sums.put(id.text(), endedListeners.getOrDefault(id.text(), new long[COUNTED.size()]).clone());
    heard.values().forEach(statistics -> addListeners(statistics, sums, 1));
    before.values().forEach(statistics -> addListeners(statistics, sums, -1));
    long[] sum = sums.getOrDefault(id.text(), new long[COUNTED.size()]);
    long open =
        heard.values().stream()
            .flatMap(statistics -> statistics.frontends().stream())
            .filter(frontend -> frontend.name().equals(id.text()))
            .mapToLong(Statistics.Frontend::current)
            .sum();
    return new ListenerReport(
        id, open, sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6], sum[7], sum[8], 0, 0);
  }

  long connections(MemberId id) {
    Map<String, Long> sums = new HashMap<>();
    sums.put(id.text(), endedMembers.getOrDefault(id.text(), 0L));
    heard.values().forEach(statistics -> addMembers(statistics, sums, 1));
    before.values().forEach(statistics -> addMembers(statistics, sums, -1));
    return sums.getOrDefault(id.text(), 0L);
  }

  long activeConnections(MemberId id) {
    return heard.values().stream()
        .flatMap(statistics -> statistics.servers().stream())
        .filter(server -> server.name().equals(id.text()))
        .mapToLong(Statistics.Server::current)
        .sum();
  }
}
