package dev.poise.agent.support;

import dev.poise.spec.IpAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands out loopback addresses that no other test run on this machine is likely to use. */
public final class Loopback {
  private static final int RUN = ThreadLocalRandom.current().nextInt(64 * 250, 200 * 250);
  private static final AtomicInteger NEXT = new AtomicInteger();

  private Loopback() {}

  /** An address nobody got yet. */
  public static IpAddress next() {
    int number = NEXT.getAndIncrement();
    int net = RUN + number / 250;
    return new IpAddress("127.%d.%d.%d".formatted(net / 250, net % 250, 1 + number % 250));
  }
}
