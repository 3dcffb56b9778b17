package dev.poise.server.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tells those who wait that something changed, in every server process.
 *
 * <p>A signal is a name, such as the id of a cluster or a load balancer. It is raised inside a
 * transaction and travels by PostgreSQL's NOTIFY when that commits. It is a hint and may be lost
 * (the listening connection may just be broken), so whoever waits does so with a time limit and
 * looks at the rows, never at the signal. To miss nothing, subscribe first, then look, then wait.
 * After a reconnect everybody is woken, because nobody knows what was missed.
 */
@Component
public final class Signals implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private static final String CHANNEL = "poise";
  private static final int POLL_MILLIS = 10_000;
  private static final int RETRY_MILLIS = 500;

  private final DataSource database;
  private final JdbcClient db;
  private final Map<String, Set<Subscription>> waiting = new ConcurrentHashMap<>();
  private volatile boolean running;

  Signals(DataSource database, JdbcClient db) {
    this.database = database;
    this.db = db;
  }

  /** Raises a signal when the current transaction commits. */
  public void raise(String name) {
    db.sql("SELECT pg_notify(:channel, :name)")
        .param("channel", CHANNEL)
        .param("name", name)
        .query()
        .singleRow();
  }

  /** Begins to take note of a signal. */
  public Subscription subscribe(String name) {
    Subscription subscription = new Subscription(name);
    waiting.computeIfAbsent(name, _ -> ConcurrentHashMap.newKeySet()).add(subscription);
    return subscription;
  }

  /** One waiting for one signal; close it when done. */
  public final class Subscription implements AutoCloseable {
    private final String name;
    private final Semaphore raised = new Semaphore(0);

    private Subscription(String name) {
      this.name = name;
    }

    /** Waits for the next signal, at most that long. Whether one came. */
    public boolean await(Duration limit) {
      try {
        boolean came = raised.tryAcquire(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
        if (came) raised.drainPermits();
        return came;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public void close() {
      waiting.computeIfPresent(
          name,
          (_, subscriptions) -> {
            subscriptions.remove(this);
            return subscriptions.isEmpty() ? null : subscriptions;
          });
    }
  }

  @Override
  public void start() {
    running = true;
    Thread.ofVirtual().name("signals").start(this::listen);
  }

  @Override
  public void stop() {
    running = false;
    wakeAll();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void listen() {
    while (running) {
      try (Connection connection = database.getConnection()) {
        try (var statement = connection.createStatement()) {
          statement.execute("LISTEN " + CHANNEL);
        }
        wakeAll();
        deliver(connection.unwrap(PGConnection.class));
      } catch (SQLException e) {
        if (running) LOG.warn("Listening for signals failed and is begun anew: {}", e.getMessage());
        pause();
      }
    }
  }

  private void deliver(PGConnection connection) throws SQLException {
    while (running) {
      for (PGNotification signal : connection.getNotifications(POLL_MILLIS)) {
        waiting
            .getOrDefault(signal.getParameter(), Set.of())
            .forEach(subscription -> subscription.raised.release());
      }
    }
  }

  private void wakeAll() {
    waiting.values().forEach(all -> all.forEach(subscription -> subscription.raised.release()));
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
