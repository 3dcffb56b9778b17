package dev.poise.bench;

import java.net.InetSocketAddress;

/** Sends as much as it can. */
interface LoadGenerator {
  /** Does so for some seconds, from a room, and counts. */
  Result run(Room room, InetSocketAddress target, int seconds);

  /**
   * What it found.
   *
   * @param count of requests that were answered, or datagrams that arrived
   * @param failed connections that broke and answers that were none, or datagrams that got lost
   */
  record Result(long count, double perSecond, long failed) {}
}
