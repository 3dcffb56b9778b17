package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.poise.standalone.ApiClient.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How quickly a cluster of two nodes is what was asked for. Times are printed; how many load
 * balancers there are is the property {@code poise.e2e.load-balancers}, 20 if absent.
 */
@ExtendWith(PairEvidence.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConvergenceTest {
  private static final int WEB = 80;
  private static final int MANY = Integer.getInteger("poise.e2e.load-balancers", 20);
  private static final int EDITS = 60;

  private static final List<Balancer> balancers = new ArrayList<>();
  private static Pair pair;

  @BeforeAll
  static void start() {
    assumeTrue(Lan.isPossible(), "needs the right to make network namespaces");
    pair = Pair.start();
  }

  @AfterAll
  static void stop() {
    if (pair != null) pair.close();
  }

  @Test
  @Order(1)
  void aNewClusterServesWithinTenSecondsOfTheEnrolmentOfItsNodes() {
    HttpBackend backend = pair.backends(1).getFirst();
    Balancer first = pair.balancer(Recipe.http(WEB).members(backend));
    first.awaitServing(WEB, pair.lan().here());
    Duration took = pair.sinceEnrolment();
    System.out.println("convergence: first answer " + took.toMillis() + " ms after the last join");
    assertThat(took).isLessThan(Duration.ofSeconds(10));
    balancers.add(first);
  }

  @Test
  @Order(2)
  void anEditIsAppliedOnBothNodesAtOnce() {
    HttpBackend backend = pair.backends(1).getFirst();
    while (balancers.size() < MANY) {
      balancers.add(pair.balancer(Recipe.http(WEB).members(backend)));
    }
    pair.awaitCalm();
    List<Long> millis = new ArrayList<>();
    for (int edit = 0; edit < EDITS; edit++) {
      Balancer balancer = balancers.get(edit * 7 % balancers.size());
      String member = balancer.memberPath(WEB, backend);
      long begun = System.nanoTime();
      Answer answer =
          pair.api()
              .send(
                  "PATCH",
                  member,
                  Optional.of(Map.of("weight", edit % 90 + 2)),
                  Map.of("Prefer", "wait=10"));
      millis.add(Duration.ofNanos(System.nanoTime() - begun).toMillis());
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }
    List<Long> sorted = millis.stream().sorted().toList();
    System.out.printf(
        "convergence: %d load balancers, an edit is applied on both nodes after p50 %d, p95 %d,"
            + " at most %d ms%n",
        MANY, sorted.get(EDITS / 2), sorted.get(EDITS * 95 / 100), sorted.getLast());
    assertThat(sorted.get(EDITS / 2)).isLessThan(1000);
  }

  @Test
  @Order(3)
  void aNodeThatWasAwayCatchesUpWithinTenSeconds() {
    Host away = pair.other(pair.primary());
    pair.killAgent(away);
    HttpBackend backend = pair.backends(1).getFirst();
    for (int edit = 0; edit < 5 * EDITS; edit++) {
      Balancer balancer = balancers.get(edit % balancers.size());
      pair.api().patch(balancer.memberPath(WEB, backend), Map.of("weight", edit % 90 + 2));
    }
    long begun = System.nanoTime();
    pair.startAgent(away);
    pair.awaitCaughtUp(away);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    System.out.println("convergence: caught up in " + took.toMillis() + " ms");
    assertThat(took).isLessThan(Duration.ofSeconds(10));
    pair.awaitCalm();
  }
}
