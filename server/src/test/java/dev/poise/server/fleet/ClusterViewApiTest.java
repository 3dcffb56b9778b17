package dev.poise.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.poise.server.event.Follower;
import dev.poise.spec.AgentApi;
import dev.poise.spec.RoleReport.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** What operators see of a cluster, and what they are told of it. */
class ClusterViewApiTest extends PairApiTest {
  private Answer loadBalancer(String name) {
    return made(
        "/load-balancers", "{\"name\":\"%s\",\"subnetId\":\"%s\"}".formatted(name, one.subnet()));
  }

  private List<String> problems() {
    return get(cluster())
        .body()
        .at("/problems")
        .valueStream()
        .map(it -> it.at("/kind").asString())
        .toList();
  }

  @Test
  void whatIsDeletedIsShownWithTheNodesThatHaveItStill() {
    Answer made = loadBalancer("web");
    first.serves(made, 1);
    delete("/load-balancers/" + made.text("/id"));
    second.is(Role.BACKUP);
    Answer shown = get(cluster());
    assertThat(shown.body().at("/tombstoneCount").asInt()).isEqualTo(1);
    assertThat(shown.text("/tombstones/0/loadBalancerId")).isEqualTo(made.text("/id"));
    assertThat(shown.body().at("/tombstones/0/nodeIds").toString())
        .isEqualTo("[\"" + one.node() + "\"]");
    first.gone(made);
    assertThat(get(cluster()).body().at("/tombstones").size()).isZero();
  }

  @Test
  void aNodeThatWasNotToldOfADeletionHasItStill() {
    Answer made = loadBalancer("web");
    delete("/load-balancers/" + made.text("/id"));
    first.is(Role.PRIMARY);
    assertThat(get(cluster()).body().at("/tombstones/0/nodeIds").toString())
        .isEqualTo("[\"" + two.node() + "\"]");
    second.is(Role.BACKUP);
    assertThat(get(cluster()).body().at("/tombstoneCount").asInt()).isZero();
  }

  @Test
  void problemsAreSeenAndPass() {
    assertThat(problems()).isEmpty();
    second.is(Role.PRIMARY);
    assertThat(problems()).as("a failover looks like that for a moment").isEmpty();
    age("role_time", one);
    age("role_time", two);
    assertThat(problems()).containsExactly("TWO_PRIMARIES");
    assertThat(get("/clusters?q=" + one.cluster()).text("/items/0/problems/0/kind"))
        .isEqualTo("TWO_PRIMARIES");
    first.is(Role.BACKUP);
    second.is(Role.BACKUP);
    age("primary_time", one);
    age("primary_time", two);
    assertThat(problems()).containsExactly("NO_PRIMARY");
    second.is(Role.PRIMARY);
    age("report_time", one);
    assertThat(problems()).containsExactly("NODE_SILENT");
    first.is(Role.BACKUP);
    assertThat(problems()).isEmpty();
  }

  @Test
  void aNodeThatKeepsUpIsNotBehindHoweverMuchChanges() {
    first.is(Role.PRIMARY);
    loadBalancer("one");
    second.is(Role.BACKUP, revision() - 1);
    age("target_time", two);
    assertThat(problems()).containsExactly("NODE_BEHIND");
    long reached = revision();
    loadBalancer("two");
    second.is(Role.BACKUP, reached);
    assertThat(problems()).as("it came to what was wanted then").isEmpty();
    second.is(Role.BACKUP, reached);
    age("target_time", two);
    assertThat(problems()).as("it did not come any further").containsExactly("NODE_BEHIND");
  }

  private long revision() {
    return first.manifest().body().at("/revision").asLong();
  }

  @Test
  void platformAdministratorsAreToldOfRolesAndOfProblemsOnce() {
    try (Follower follower = new Follower(uri("/api/v1/events"), adminKey(), null)) {
      second.is(Role.FAULT);
      Follower.Received role = follower.until(two.node()).getLast();
      assertThat(role.text("kind")).isEqualTo("node");
      assertThat(role.text("what")).isEqualTo("STATUS");
      age("report_time", one);
      List<Follower.Received> untilSilence = follower.until(one.node());
      assertThat(untilSilence.getLast().text("what")).isEqualTo("STATUS");
      // Silence and the problem it is are found by two looks, whichever comes first.
      Follower.Received problem =
          untilSilence.stream()
              .filter(seen -> seen.text("resourceId").equals(one.cluster()))
              .findFirst()
              .orElseGet(() -> follower.until(one.cluster()).getLast());
      assertThat(problem.text("kind")).isEqualTo("cluster");
      first.is(Role.PRIMARY);
      assertThat(follower.until(one.node()).getLast().text("what")).isEqualTo("STATUS");
    }
  }

  /** Counts the statements of one request, which its id tells from those of everything else. */
  private List<String> statements(String path, String key) {
    Logger logger = (Logger) LoggerFactory.getLogger(JdbcTemplate.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    String request = "count-" + unique();
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.DEBUG);
    try {
      Map<String, String> headers = Map.of("X-Request-Id", request);
      assertThat(send("GET", path, null, headers, key).status()).isEqualTo(200);
    } finally {
      logger.setLevel(null);
      logger.detachAppender(log);
    }
    return new ArrayList<>(log.list)
        .stream()
            .filter(event -> request.equals(event.getMDCPropertyMap().get("requestId")))
            .map(ILoggingEvent::getFormattedMessage)
            .filter(message -> message.startsWith("Executing prepared SQL statement"))
            .toList();
  }

  @Test
  void aClusterCostsAsManyQueriesHoweverMuchItServes() {
    List<String> before = statements("/api/v1" + cluster(), adminKey());
    for (int i = 0; i < 12; i++) {
      Answer made = loadBalancer("b" + i);
      if (i % 2 == 0) delete("/load-balancers/" + made.text("/id"));
    }
    first.is(Role.PRIMARY);
    List<String> after = statements("/api/v1" + cluster(), adminKey());
    assertThat(get(cluster()).body().at("/tombstoneCount").asInt()).isEqualTo(6);
    assertThat(after).hasSameSizeAs(before);
    assertThat(after)
        .filteredOn(statement -> !statement.contains("api_keys"))
        .as("cluster, nodes, observations, tombstones")
        .hasSize(4);
  }

  /** It is read once for all nodes, in one round trip; beside that the key and the revision. */
  @Test
  void aManifestCostsAsManyQueriesHoweverManyLoadBalancersItLists() {
    first.manifest();
    loadBalancer("m");
    List<String> before = statements(AgentApi.MANIFEST, one.nodeKey());
    for (int i = 0; i < 5; i++) loadBalancer("m" + i);
    List<String> after = statements(AgentApi.MANIFEST, one.nodeKey());
    assertThat(first.manifest().body().at("/loadBalancers").size()).isEqualTo(6);
    assertThat(after).hasSameSizeAs(before);
    assertThat(withoutKey(after))
        .as("the revision; cluster, nodes, VPCs, load balancers and the revision again, at once")
        .hasSize(2);
    assertThat(withoutKey(statements(AgentApi.MANIFEST, two.nodeKey())))
        .as("the revision")
        .hasSize(1);
  }

  private static List<String> withoutKey(List<String> statements) {
    return statements.stream().filter(statement -> !statement.contains("key_hash = ANY")).toList();
  }
}
