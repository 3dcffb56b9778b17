package dev.poise.agent.support;

import dev.poise.spec.IpAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands out loopback addresses that no other test run on this machine is likely to use. */
public final class Loopback {
  private static final int BLOCK = 250;
  private static final int BLOCKS = 136 * BLOCK;
  private static final int FIRST = ThreadLocalRandom.current().nextInt(BLOCKS);
  private static final AtomicInteger NEXT = new AtomicInteger();

  private Loopback() {}

  /** An address nobody got yet. */
  public static IpAddress next() {
    int next = NEXT.getAndIncrement();
    int block = (FIRST + next / BLOCK) % BLOCKS;
    return new IpAddress(
        "127.%d.%d.%d".formatted(64 + block / BLOCK, block % BLOCK, 1 + next % BLOCK));
  }
}
