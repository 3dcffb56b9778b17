package dev.poise.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Clients of the API, in two ways. At a steady rate, to see how long calls take: each call starts
 * when its time has come, whether the ones before are answered or not, and its time counts from
 * there, so a server that stalls is not spared. And as fast as a number of clients can, each
 * calling again when it was answered, to see how many calls are possible.
 */
record ApiLoad(Requests requests) {
  /** One call of many. */
  interface Call {
    /**
     * Makes it.
     *
     * @param number counts from 0
     * @param start when it should begin
     * @throws IOException if it was refused
     */
    void make(int number, long start) throws IOException;
  }

  void steadily(int perSecond, Duration duration, Call call) {
    long begin = System.nanoTime();
    int count = (int) Math.ceil(perSecond * duration.toMillis() / 1e3);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      long start = begin + 1_000_000_000L * i / perSecond;
      Pace.rest(Duration.ofNanos(Math.max(0, start - System.nanoTime())));
      threads.add(Thread.startVirtualThread(() -> make(call, number, start)));
    }
    for (Thread thread : threads) Pace.join(thread);
  }

  /** Gives back how many calls were answered in a second. */
  double asFastAsPossible(int clients, Duration duration, Call call) {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    long begin = System.nanoTime();
    List<Thread> threads =
        IntStream.range(0, clients)
            .mapToObj(_ ->
                Thread.startVirtualThread(() -> {
                  while (System.nanoTime() - begin < duration.toNanos()) {
                    if (make(call, next.getAndIncrement(), System.nanoTime()))
                      answered.incrementAndGet();
                  }
                }))
            .toList();
    for (Thread thread : threads) Pace.join(thread);
    return answered.get() / ((System.nanoTime() - begin) / 1e9);
  }

  private boolean make(Call call, int number, long start) {
    try {
      call.make(number, start);
      requests.countAnswer();
      return true;
    } catch (IOException e) {
      requests.countFailure("" + e.getMessage());
      return false;
    }
  }
}
