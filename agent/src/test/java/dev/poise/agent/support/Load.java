package dev.poise.agent.support;

import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that ask without a pause on connections they keep, and note every failure. */
public final class Load implements AutoCloseable {
  private final List<Thread> clients = new ArrayList<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  /** Begins. */
  public static Load start(int clients, IpAddress address, int port) {
    Load load = new Load();
    for (int i = 0; i < clients; i++) {
      load.clients.add(Thread.ofVirtual().start(() -> load.ask(new Http(address, port))));
    }
    return load;
  }

  private void ask(Http http) {
    try (http) {
      while (!stopped) {
        try {
          int status = http.get("").status();
          if (status == 200) answered.incrementAndGet();
          else failures.add("HTTP " + status);
        } catch (IOException e) {
          failures.add(e.toString());
          http.close();
        }
      }
    } catch (IOException e) {
      failures.add("closing: " + e);
    }
  }

  /** How many requests were answered with 200. */
  public int answered() {
    return answered.get();
  }

  /** What went wrong until now. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    stopped = true;
    try {
      for (Thread client : clients) client.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
