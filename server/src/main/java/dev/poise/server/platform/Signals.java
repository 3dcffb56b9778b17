package dev.poise.server.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells those who wait that something changed, in every server process.
 *
 * <p>A signal is a name, such as the id of a cluster or a load balancer. It is raised inside a
 * transaction and sent when that has committed: to those who wait in this process at once, to other
 * processes by PostgreSQL's NOTIFY. It is a hint and may be lost (the listening connection may just
 * be broken, this process may be killed between commit and sending), so whoever waits does so with
 * a time limit and looks at the rows, never at the signal. To miss nothing, subscribe first, then
 * look, then wait. After a reconnect everybody is woken, because nobody knows what was missed.
 *
 * <p>NOTIFY is not a part of the transaction that raises the signal, though it could be: a
 * transaction that notifies commits under a lock of the whole database and keeps it until its
 * commit is on disk, so all changes and reports would be written one by one, each waiting for a
 * disk. Instead one thread sends what has gathered since it sent last, together, and waits for no
 * disk. What it sends begins with the name of this process, which knows it already.
 */
@Component
public final class Signals implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private static final String CHANNEL = "poise";
  private static final int POLL_MILLIS = 10_000;
  private static final int RETRY_MILLIS = 500;
  private static final String NOTHING = "";

  private final DataSource database;
  private final JdbcClient db;
  private final Map<String, Set<Subscription>> waiting = new ConcurrentHashMap<>();
  private final BlockingQueue<String> unsent = new LinkedBlockingQueue<>();

  /** What our notifications begin with; names have no spaces. */
  private final String ourName = UUID.randomUUID() + " ";

  private volatile boolean running;

  Signals(DataSource database, JdbcClient db) {
    this.database = database;
    this.db = db;
  }

  /** Raises a signal when the current transaction commits; at once if there is none. */
  public void raise(String name) {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      send(name);
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            send(name);
          }
        });
  }

  private void send(String name) {
    deliver(name);
    unsent.add(name);
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
    private volatile long lastNanos;

    private Subscription(String name) {
      this.name = name;
    }

    private void raise(long nanos) {
      lastNanos = nanos;
      raised.release();
    }

    /**
     * When the signal was raised last, by {@link System#nanoTime}; it means something once {@link
     * #await} said that it came. What it tells of had been committed by then.
     */
    public long lastNanos() {
      return lastNanos;
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
    Thread.ofVirtual().name("signals to others").start(this::sendToOthers);
  }

  @Override
  public void stop() {
    running = false;
    unsent.add(NOTHING);
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
        String said = signal.getParameter();
        if (!said.startsWith(ourName)) deliver(said.substring(said.indexOf(' ') + 1));
      }
    }
  }

  private void deliver(String name) {
    long now = System.nanoTime();
    waiting.getOrDefault(name, Set.of()).forEach(subscription -> subscription.raise(now));
  }

  private void sendToOthers() {
    Set<String> together = new LinkedHashSet<>();
    while (running) {
      try {
        together.add(unsent.take());
        unsent.drainTo(together);
        together.remove(NOTHING);
        if (!together.isEmpty()) notify(together);
      } catch (DataAccessException e) {
        LOG.warn("Other servers could not be told of changes: {}", e.getMessage());
      } catch (InterruptedException _) {
        return;
      }
      together.clear();
    }
  }

  private void notify(Set<String> names) {
    db.sql(
            """
            SELECT set_config('synchronous_commit', 'off', true), pg_notify(:channel, :us || name)
            FROM unnest(:names) AS signals (name)
            """)
        .param("channel", CHANNEL)
        .param("us", ourName)
        .param("names", names.toArray(String[]::new))
        .query()
        .listOfRows();
  }

  private void wakeAll() {
    long now = System.nanoTime();
    waiting.values().forEach(all -> all.forEach(subscription -> subscription.raise(now)));
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
