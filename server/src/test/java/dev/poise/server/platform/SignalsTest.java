package dev.poise.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class SignalsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final DriverManagerDataSource database =
      new DriverManagerDataSource(TestDatabase.url(), "postgres", "");
  private final TransactionTemplate transaction =
      new TransactionTemplate(new JdbcTransactionManager(database));
  private final Signals here = new Signals(database, JdbcClient.create(database));
  private final Signals elsewhere = new Signals(database, JdbcClient.create(database));

  @BeforeEach
  void listen() {
    start(here);
    start(elsewhere);
  }

  /** Everybody is woken when listening begins, once. */
  private static void start(Signals signals) {
    try (Signals.Subscription begun = signals.subscribe("begun")) {
      signals.start();
      assertThat(begun.await(PATIENCE)).isTrue();
    }
  }

  @AfterEach
  void end() {
    here.stop();
    elsewhere.stop();
  }

  @Test
  void aSignalIsHeardHereAndInOtherProcesses() {
    try (Signals.Subscription near = here.subscribe("lb_1");
        Signals.Subscription far = elsewhere.subscribe("lb_1")) {
      transaction.executeWithoutResult(_ -> here.raise("lb_1"));

      assertThat(near.await(PATIENCE)).isTrue();
      assertThat(far.await(PATIENCE)).isTrue();
    }
  }

  @Test
  void aSignalIsNotHeardBeforeTheCommitAndOnceAfterIt() {
    try (Signals.Subscription near = here.subscribe("lb_2");
        Signals.Subscription last = elsewhere.subscribe("last")) {
      transaction.executeWithoutResult(_ -> {
        here.raise("lb_2");
        assertThat(near.await(Duration.ZERO)).isFalse();
      });
      assertThat(near.await(Duration.ZERO)).isTrue();

      here.raise("last");
      assertThat(last.await(PATIENCE)).isTrue();
      assertThat(near.await(Duration.ZERO)).isFalse();
    }
  }

  @Test
  void whatIsRolledBackIsNotHeard() {
    try (Signals.Subscription near = here.subscribe("lb_3");
        Signals.Subscription far = elsewhere.subscribe("lb_3");
        Signals.Subscription later = elsewhere.subscribe("lb_4")) {
      transaction.executeWithoutResult(status -> {
        here.raise("lb_3");
        status.setRollbackOnly();
      });
      transaction.executeWithoutResult(_ -> here.raise("lb_4"));

      assertThat(later.await(PATIENCE)).isTrue();
      assertThat(near.await(Duration.ZERO)).isFalse();
      assertThat(far.await(Duration.ZERO)).isFalse();
    }
  }

  @Test
  void aNotificationOfAStrangerIsHeard() {
    try (Signals.Subscription near = here.subscribe("cl_1")) {
      JdbcClient.create(database).sql("SELECT pg_notify('poise', 'cl_1')").query().singleRow();

      assertThat(near.await(PATIENCE)).isTrue();
    }
  }
}
