package dev.poise.agent.support;

import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A client that makes a new connection every 10 ms and asks, whatever became of those before; tells
 * for how long nobody was served.
 */
public final class Gap implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 400;

  private final InetSocketAddress target;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final ConcurrentSkipListMap<Long, Boolean> attempts = new ConcurrentSkipListMap<>();
  private final Thread clock;

  private Gap(IpAddress address, int port) {
    target = new InetSocketAddress(address.text(), port);
    clock = Thread.ofPlatform().start(this::run);
  }

  /** Begins. */
  public static Gap watch(IpAddress address, int port) {
    return new Gap(address, port);
  }

  private void run() {
    List<Thread> clients = new ArrayList<>();
    try {
      while (!stopped.get()) {
        clients.add(Thread.ofVirtual().start(this::ask));
        TimeUnit.MILLISECONDS.sleep(10);
      }
      for (Thread client : clients) client.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask() {
    long begun = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(target, PATIENCE_MILLIS);
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] status = socket.getInputStream().readNBytes(12);
      String text = new String(status, StandardCharsets.US_ASCII);
      attempts.put(begun, text.endsWith(" 200"));
    } catch (IOException e) {
      attempts.put(begun, false);
    }
  }

  /** How many attempts failed until now. */
  public long failed() {
    return attempts.values().stream().filter(success -> !success).count();
  }

  /** How many were answered until now. */
  public long answered() {
    return attempts.values().stream().filter(success -> success).count();
  }

  /** The longest time between two attempts that were answered, and had others between them. */
  public Duration longest() {
    long longest = 0;
    long last = 0;
    boolean missed = false;
    for (var attempt : attempts.entrySet()) {
      if (!attempt.getValue()) {
        missed = true;
        continue;
      }
      if (missed && last != 0) longest = Math.max(longest, attempt.getKey() - last);
      last = attempt.getKey();
      missed = false;
    }
    return Duration.ofNanos(longest);
  }

  @Override
  public void close() {
    stopped.set(true);
    try {
      clock.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
