package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.spec.AgentApi;
import dev.poise.spec.Capabilities;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerReport;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.NodeReport;
import dev.poise.spec.Outcome;
import dev.poise.spec.RoleReport;
import dev.poise.spec.Serving;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The list of load balancers by what is true of them, and by what they are searched. */
class LoadBalancerListTest extends ApiTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Autowired private JdbcClient db;
  private Site site = new Site("", "", "", "", "", "");
  private long sequence;

  @BeforeEach
  void place() {
    site = site();
    sequence = 0;
  }

  private Answer loadBalancer(String name) {
    return made(
        "/load-balancers",
        """
        {"name":"%s","subnetId":"%s","listeners":[{"protocol":"TCP","port":80,"defaultPool":{"members":[
          {"address":"10.1.0.1","port":8080}]}}]}
        """
            .formatted(name, site.subnet()));
  }

  private LoadBalancerReport says(Answer it, long generation, MemberReport.Health health) {
    String pool = it.body().at("/listeners/0/defaultPoolId").asString();
    String member = get("/pools/" + pool + "/members").text("/items/0/id");
    return new LoadBalancerReport(
        new LoadBalancerId(it.text("/id")),
        new Outcome.Applied(generation),
        new Serving.Running(generation, 42, NOW),
        List.of(),
        List.of(),
        List.of(new MemberReport(new MemberId(member), health, "because", NOW, 0, 10, 1)));
  }

  private void report(LoadBalancerReport... said) {
    NodeReport report =
        new NodeReport(
            new NodeId(site.node()),
            "session",
            ++sequence,
            sequence == 1,
            NOW,
            1,
            1,
            new Capabilities(Map.of(), List.of("TCP", "HTTP"), List.of(), Map.of()),
            List.of(said),
            List.of(),
            HeldRemovals.NONE,
            List.of(),
            new RoleReport(RoleReport.Role.NONE, Instant.EPOCH, ""));
    Answer answer = agent("POST", AgentApi.REPORTS, report, Map.of(), site.nodeKey());
    assertThat(answer.body().at("/sendFull").asBoolean()).isFalse();
  }

  private List<String> names(String filter) {
    Answer page = get("/load-balancers?subnetId=" + site.subnet() + "&" + filter);
    assertThat(page.status()).as(page.body().toString()).isEqualTo(200);
    List<String> names =
        page.body().at("/items").valueStream().map(it -> it.at("/name").asString()).toList();
    assertThat(page.body().at("/totalSize").asInt()).isEqualTo(names.size());
    return names;
  }

  @Test
  void isFilteredByWhatIsTrueNow() {
    Answer good = loadBalancer("good");
    Answer bad = loadBalancer("bad");
    loadBalancer("silent");
    assertThat(names("state=CREATING")).hasSize(3);
    assertThat(names("health=UNKNOWN")).hasSize(3);
    report(says(good, 1, MemberReport.Health.HEALTHY), says(bad, 1, MemberReport.Health.UNHEALTHY));
    assertThat(names("state=ACTIVE")).containsExactly("good", "bad");
    assertThat(names("state=ACTIVE&health=HEALTHY")).containsExactly("good");
    assertThat(names("health=UNHEALTHY&health=UNKNOWN")).containsExactly("bad", "silent");
    assertThat(names("orderBy=health")).containsExactly("good", "bad", "silent");
    assertThat(names("orderBy=health%20desc")).containsExactly("silent", "bad", "good");

    patch("/load-balancers/" + good.text("/id"), "{\"name\":\"better\"}");
    report(says(good, 1, MemberReport.Health.UNHEALTHY));
    assertThat(names("health=HEALTHY")).isEmpty();
    assertThat(names("health=UNHEALTHY")).containsExactly("better", "bad");
    report(says(bad, 1, MemberReport.Health.HEALTHY));
    assertThat(names("health=HEALTHY")).containsExactly("bad");

    db.sql(
            "UPDATE node_observations SET report_time = report_time - interval '1 minute' WHERE"
                + " node_id = ?")
        .param(site.node())
        .update();
    assertThat(names("health=HEALTHY")).isEmpty();
    assertThat(names("state=STALE")).containsExactly("better", "bad");
    report();
    assertThat(names("health=HEALTHY")).containsExactly("bad");
    delete("/load-balancers/" + bad.text("/id"));
    assertThat(names("state=DELETING")).containsExactly("bad");
  }

  @Test
  void anItemShowsWhatAPersonLooksFor() {
    loadBalancer("web");
    Answer page = get("/load-balancers?subnetId=" + site.subnet());
    var item = page.body().at("/items/0");
    assertThat(item.at("/vpcName").asString()).isEqualTo("vpc");
    assertThat(item.at("/subnetName").asString()).isEqualTo("net");
    assertThat(item.at("/clusterModel").asString()).isEqualTo("x86");
    assertThat(item.at("/listenerCount").asInt()).isEqualTo(1);
    assertThat(item.at("/state").asString()).isEqualTo("CREATING");
    assertThat(item.at("/address").asString()).startsWith("10.0.0.");
    assertThat(item.has("listeners")).isFalse();
  }

  @Test
  void isSearchedByNameIdAddressAndDomain() {
    Answer made = loadBalancer("needle");
    Answer other =
        made(
            "/load-balancers",
            """
            {"name":"other","subnetId":"%s","listeners":[{"protocol":"HTTP","port":80,"rules":[
              {"domain":"shop.example.com","action":{"fixedResponse":{"status":200}}}]}]}
            """
                .formatted(site.subnet()));
    assertThat(names("q=NEEDLE")).containsExactly("needle");
    assertThat(names("q=" + made.text("/id"))).containsExactly("needle");
    assertThat(names("q=" + other.text("/address"))).contains("other");
    assertThat(names("q=shop.EXAMPLE")).containsExactly("other");
    assertThat(names("q=shop_example")).isEmpty();
  }

  @Test
  void addressesAreInTheOrderOfTheirNumbers() {
    for (String last : List.of("100", "9", "20")) {
      made(
          "/load-balancers",
          "{\"name\":\"n%s\",\"subnetId\":\"%s\",\"address\":\"10.0.0.%s\"}"
              .formatted(last, site.subnet(), last));
    }
    assertThat(names("orderBy=address")).containsExactly("n9", "n20", "n100");
    assertThat(names("address=10.0.0.9&address=10.0.0.20")).containsExactly("n9", "n20");
  }
}
