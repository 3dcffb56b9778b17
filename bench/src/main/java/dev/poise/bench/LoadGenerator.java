package dev.poise.bench;

import java.net.InetSocketAddress;

/** A client that asks as fast as it can. */
interface LoadGenerator {
  /** Asks for some seconds, from a room, and counts. */
  Result run(Room room, InetSocketAddress target, int seconds);

  /**
   * What it found.
   *
   * @param failed connections that broke, and answers that were none
   */
  record Result(long requests, double perSecond, long failed) {}
}
