package dev.poise.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.TestNode;
import dev.poise.spec.RoleReport.Role;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Draining nodes and planned failovers, with nodes that say what they are told here. */
class MovesApiTest extends PairApiTest {
  private static final Map<String, String> WAIT = Map.of("Prefer", "wait=20");

  private Answer drain(Site node) {
    return post("/nodes/" + node.node() + ":drain", "");
  }

  private Answer failOver(String body) {
    return post(cluster() + ":failover", body);
  }

  private boolean isToldToBeDrained(TestNode node) {
    return node.manifest().body().at("/redundancy/drained").asBoolean();
  }

  @Test
  void aDrainedNodeIsToldSoUntilItIsActivated() {
    Answer drained = drain(one);
    assertThat(drained.status()).isEqualTo(200);
    assertThat(drained.body().at("/drained").asBoolean()).isTrue();
    assertThat(isToldToBeDrained(first)).isTrue();
    assertThat(isToldToBeDrained(second)).isFalse();
    long revision = first.manifest().body().at("/revision").asLong();
    assertThat(drain(one).status()).as("it is already").isEqualTo(200);
    assertThat(first.manifest().body().at("/revision").asLong()).isEqualTo(revision);
    Answer activated = post("/nodes/" + one.node() + ":activate", "");
    assertThat(activated.body().at("/drained").asBoolean()).isFalse();
    assertThat(isToldToBeDrained(first)).isFalse();
  }

  @Test
  void theLastNodeIsNotDrainedUnlessSomebodyInsists() {
    drain(two);
    Answer refused = drain(one);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/no-standby");
    assertThat(refused.text("/detail")).contains("'node-2' is drained");
    assertThat(isToldToBeDrained(first)).isFalse();
    assertThat(post("/nodes/" + one.node() + ":drain?force=true", "").status()).isEqualTo(200);
    assertThat(isToldToBeDrained(first)).isTrue();
  }

  @Test
  void aNodeIsNotDrainedForOneThatIsSilentOrCannot() {
    age("report_time", two);
    assertThat(drain(one).text("/detail")).contains("'node-2' has not been heard of since");
    second.is(Role.FAULT);
    assertThat(drain(one).text("/detail")).contains("'node-2' says that it cannot: because");
    second.is(Role.BACKUP);
    assertThat(drain(one).status()).isEqualTo(200);
  }

  @Test
  void ofTwoNodesThatAreDrainedAtOnceOneStays() throws Exception {
    CompletableFuture<Answer> other = CompletableFuture.supplyAsync(() -> drain(two));
    int here = drain(one).status();
    assertThat(List.of(here, other.get().status())).containsExactlyInAnyOrder(200, 409);
  }

  @Test
  void withoutVrrpNobodyTakesOver() {
    patch(cluster(), "{\"vrrp\":null}");
    assertThat(drain(one).text("/detail")).contains("no VRRP");
    assertThat(failOver("{}").text("/detail")).contains("no VRRP");
  }

  @Test
  void aFailoverIsToldToTheNodesWithANumberOfItsOwn() {
    Answer moved = failOver("{\"to\":\"%s\"}".formatted(two.node()));
    assertThat(moved.status()).isEqualTo(200);
    for (TestNode node : List.of(first, second)) {
      assertThat(node.manifest().body().at("/redundancy/handover/number").asInt()).isEqualTo(1);
      assertThat(node.manifest().text("/redundancy/handover/to/0")).isEqualTo(two.node());
    }
    assertThat(failOver("{}").status()).isEqualTo(200);
    assertThat(first.manifest().body().at("/redundancy/handover/number").asInt()).isEqualTo(2);
    assertThat(first.manifest().body().at("/redundancy/handover/to").size()).isZero();
  }

  @Test
  void aFailoverWithoutABodyIsToAnyNode() {
    assertThat(call("POST", cluster() + ":failover", null, Map.of()).status()).isEqualTo(200);
  }

  @Test
  void aFailoverThatCannotBeIsRefusedWithTheReason() {
    assertThat(failOver("{\"to\":\"%s\"}".formatted(one.node())).text("/detail"))
        .contains("'node-1' has the addresses already");
    Answer elsewhere = failOver("{\"to\":\"%s\"}".formatted(site().node()));
    assertThat(elsewhere.status()).isEqualTo(422);
    assertThat(elsewhere.text("/errors/0/pointer")).isEqualTo("/to");
    second.is(Role.FAULT);
    Answer refused = failOver("{}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains("'node-2' says that it cannot: because");
    first.is(Role.BACKUP);
    assertThat(failOver("{}").text("/detail")).contains("No node says that it has the addresses");
    assertThat(first.manifest().body().at("/redundancy/handover/number").asInt()).isZero();
  }

  @Test
  void ofSeveralStandbysAnyCanBeNamedThatCanTakeOver() throws Exception {
    Site three = another("node-3", "10.9.0.3");
    TestNode third = new TestNode(this::agent, three);
    String toThird = "{\"to\":\"%s\"}".formatted(three.node());
    assertThat(failOver(toThird).text("/detail"))
        .isEqualTo("The node cannot take over: 'node-3' has never been heard of.");
    third.is(Role.BACKUP);
    drain(three);
    assertThat(failOver(toThird).text("/detail")).contains("'node-3' is drained");
    post("/nodes/" + three.node() + ":activate", "");
    CompletableFuture<Answer> moved =
        CompletableFuture.supplyAsync(() -> call("POST", cluster() + ":failover", toThird, WAIT));
    while (!third.manifest().text("/redundancy/handover/to/0").equals(three.node()))
      Thread.onSpinWait();
    first.is(Role.FAULT);
    third.is(Role.PRIMARY);
    assertThat(moved.get().body().at("/primaries").toString())
        .isEqualTo("[\"" + three.node() + "\"]");
  }

  @Test
  void whoWaitsIsAnsweredWhenTheRolesHaveChanged() throws Exception {
    CompletableFuture<Answer> moved =
        CompletableFuture.supplyAsync(() -> call("POST", cluster() + ":failover", "{}", WAIT));
    while (first.manifest().body().at("/redundancy/handover/number").asInt() < 1)
      Thread.onSpinWait();
    first.is(Role.BACKUP);
    assertThat(moved.isDone()).isFalse();
    second.is(Role.PRIMARY);
    assertThat(moved.get().body().at("/primaries").toString())
        .isEqualTo("[\"" + two.node() + "\"]");
    assertThat(moved.get().headers().firstValue("Preference-Applied")).contains("wait");

    CompletableFuture<Answer> drained =
        CompletableFuture.supplyAsync(
            () -> call("POST", "/nodes/" + two.node() + ":drain", null, WAIT));
    while (!isToldToBeDrained(second)) Thread.onSpinWait();
    second.is(Role.FAULT);
    assertThat(drained.isDone()).isFalse();
    first.is(Role.PRIMARY);
    assertThat(drained.get().text("/role")).isEqualTo("FAULT");

    CompletableFuture<Answer> active =
        CompletableFuture.supplyAsync(
            () -> call("POST", "/nodes/" + two.node() + ":activate", null, WAIT));
    while (isToldToBeDrained(second)) Thread.onSpinWait();
    assertThat(active.isDone()).isFalse();
    second.is(Role.BACKUP);
    assertThat(active.get().text("/role")).isEqualTo("BACKUP");
  }

  @Test
  void movesAreInTheAuditLog() {
    drain(two);
    post("/nodes/" + two.node() + ":activate", "");
    failOver("{}");
    for (String action : List.of("node.drain", "node.activate", "cluster.failover")) {
      String thing = action.startsWith("node") ? two.node() : one.cluster();
      Answer log = get("/audit-events?action=" + action + "&resourceId=" + thing);
      assertThat(log.body().at("/totalSize").asInt()).as(action).isEqualTo(1);
    }
  }

  @Test
  void aDryRunMovesNothing() {
    assertThat(post("/nodes/" + one.node() + ":drain?dryRun=true", "").status()).isEqualTo(200);
    assertThat(post(cluster() + ":failover?dryRun=true", "{}").status()).isEqualTo(200);
    assertThat(isToldToBeDrained(first)).isFalse();
    assertThat(first.manifest().body().at("/redundancy/handover/number").asInt()).isZero();
  }
}
