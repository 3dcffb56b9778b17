package dev.poise.bench;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Something that carries traffic; it collects what each of its turns says of it.
 *
 * @param room where it is, and whoever sends it something
 * @param processorTime what it has cost so far
 */
record Contender(
    String name,
    Room room,
    InetSocketAddress at,
    Supplier<Duration> processorTime,
    List<Turn> turns) {
  Contender(String name, Room room, InetSocketAddress at, Supplier<Duration> processorTime) {
    this(name, room, at, processorTime, new ArrayList<>());
  }

  /**
   * What one turn says of it.
   *
   * @param perSecond how many requests or datagrams it carried in a second
   * @param micros of processor time for each of them
   */
  record Turn(double perSecond, double micros, long failed) {}

  /** Lets it carry traffic for some seconds. */
  Turn turn(LoadGenerator load, int seconds) {
    Duration before = processorTime.get();
    LoadGenerator.Result result = load.run(room, at, seconds);
    Duration used = processorTime.get().minus(before);
    return new Turn(result.perSecond(), used.toNanos() / 1e3 / result.count(), result.failed());
  }

  Sample sample(ToDoubleFunction<Turn> number) {
    return Sample.of(turns.stream().mapToDouble(number).boxed().toList());
  }

  long failed() {
    return turns.stream().mapToLong(Turn::failed).sum();
  }
}
