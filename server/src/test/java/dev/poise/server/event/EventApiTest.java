package dev.poise.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestPeople;
import dev.poise.server.TestPeople.Person;
import dev.poise.server.app.PoiseServer;
import dev.poise.server.event.Follower.Received;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.TenantId;
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
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The stream of what changes. */
class EventApiTest extends ApiTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Autowired private JdbcClient db;
  @Autowired private Events events;
  @Autowired private EventReader reader;
  @Autowired private TransactionTemplate transaction;
  @Autowired private Environment environment;

  private Site site = new Site("", "", "", "", "", "");
  private Person person = new Person("", "", "", "");
  private String subnet = "";
  private long sequence;

  @BeforeEach
  void place() {
    site = site();
    TestPeople people = new TestPeople(db);
    person = people.userIn(people.tenant(), Caller.Role.TENANT_ADMIN);
    String vpc =
        own("/vpcs", "{\"name\":\"v\",\"dataCenterId\":\"%s\"}".formatted(site.dataCenter()))
            .text("/id");
    subnet =
        own("/subnets", "{\"name\":\"s\",\"vpcId\":\"%s\",\"cidr\":\"10.0.0.0/24\"}".formatted(vpc))
            .text("/id");
    sequence = 0;
  }

  private Answer as(String method, String path, @Nullable String body) {
    return send(method, "/api/v1" + path, body, Map.of(), person.key());
  }

  private Answer own(String path, String body) {
    Answer answer = as("POST", path, body);
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
    return answer;
  }

  private Answer loadBalancer() {
    return own(
        "/load-balancers",
        """
        {"name":"web","subnetId":"%s","listeners":[{"protocol":"TCP","port":80,"defaultPool":{"members":[
          {"address":"10.1.0.1","port":8080}]}}]}
        """
            .formatted(subnet));
  }

  private Follower follow(@Nullable String lastEventId) {
    return new Follower(uri("/api/v1/events"), person.key(), lastEventId);
  }

  /** A change of a thing that does not exist, so that a test can choose when it is committed. */
  private void append(String resourceId) {
    events.append(
        new TenantId(person.tenant()),
        List.of(new Change("thing", resourceId, What.UPDATED, Change.About.NOTHING)));
  }

  private static List<String> resources(List<Received> received) {
    return received.stream().map(it -> it.text("resourceId")).toList();
  }

  @Test
  void everyChangeIsTold() {
    try (Follower follower = follow(null)) {
      assertThat(follower.next().type()).isEqualTo("ready");
      Answer made = loadBalancer();
      Received created = follower.until(made.text("/id")).getLast();
      assertThat(created.text("kind")).isEqualTo("load-balancer");
      assertThat(created.text("what")).isEqualTo("CREATED");
      assertThat(created.text("id")).isEqualTo(created.id());
      assertThat(created.data().at("/generation").asLong()).isEqualTo(1);

      String pool = made.body().at("/listeners/0/defaultPoolId").asString();
      String member = as("GET", "/pools/" + pool + "/members", null).text("/items/0/id");
      as("PATCH", "/members/" + member, "{\"weight\":7}");
      Received updated = follower.next();
      assertThat(updated.text("kind")).isEqualTo("member");
      assertThat(updated.text("what")).isEqualTo("UPDATED");
      assertThat(updated.text("resourceId")).isEqualTo(member);
      assertThat(updated.text("loadBalancerId")).isEqualTo(made.text("/id"));
      assertThat(updated.data().at("/generation").asLong()).isEqualTo(2);
      assertThat(Long.parseLong(updated.id())).isGreaterThan(Long.parseLong(created.id()));

      as("DELETE", "/members/" + member, null);
      assertThat(follower.next().text("what")).isEqualTo("DELETED");
    }
  }

  @Test
  void aDryRunAndARefusedChangeAreNotTold() {
    Answer made = loadBalancer();
    try (Follower follower = follow(null)) {
      follower.next();
      as("PATCH", "/load-balancers/" + made.text("/id") + "?dryRun=true", "{\"name\":\"x\"}");
      as("PATCH", "/load-balancers/" + made.text("/id"), "{\"colour\":5}");
      as("PATCH", "/load-balancers/" + made.text("/id"), "{\"name\":\"web\"}");
      append("done");
      assertThat(resources(follower.until("done"))).containsExactly("done");
    }
  }

  @Test
  void anotherTenantSeesNothingOfIt() {
    TestPeople people = new TestPeople(db);
    Person stranger = people.userIn(people.tenant(), Caller.Role.TENANT_ADMIN);
    try (Follower follower = new Follower(uri("/api/v1/events"), stranger.key(), null)) {
      follower.next();
      loadBalancer();
      events.append(
          new TenantId(stranger.tenant()),
          List.of(new Change("thing", "own", What.UPDATED, Change.About.NOTHING)));
      assertThat(resources(follower.until("own"))).containsExactly("own");
    }
  }

  @Test
  void whatIsPrivateIsToldToItsOwnerOnly() {
    Person colleague = new TestPeople(db).userIn(person.tenant(), Caller.Role.TENANT_ADMIN);
    try (Follower owner = follow(null);
        Follower other = new Follower(uri("/api/v1/events"), colleague.key(), null)) {
      owner.next();
      other.next();
      events.append(
          new TenantId(person.tenant()),
          List.of(
              new Change(
                  "certificate",
                  "secret",
                  What.CREATED,
                  new Change.About(null, null, person.user(), false))));
      append("open");
      assertThat(resources(owner.until("open"))).containsExactly("secret", "open");
      assertThat(resources(other.until("open"))).containsExactly("open");
    }
  }

  @Test
  void whatOnlyAdministratorsSeeIsToldToThemOnly() {
    Person user = new TestPeople(db).userIn(person.tenant(), Caller.Role.TENANT_USER);
    try (Follower administrator = follow(null);
        Follower other = new Follower(uri("/api/v1/events"), user.key(), null)) {
      administrator.next();
      other.next();
      events.append(
          new TenantId(person.tenant()),
          List.of(
              new Change(
                  "user", "somebody", What.CREATED, new Change.About(null, null, null, true))));
      append("open");
      assertThat(resources(administrator.until("open"))).containsExactly("somebody", "open");
      assertThat(resources(other.until("open"))).containsExactly("open");
    }
  }

  @Test
  void whoComesBackMissesNothingAndGetsNothingTwice() {
    String last;
    try (Follower follower = follow(null)) {
      follower.next();
      append("one");
      append("two");
      last = follower.until("one").getLast().id();
    }
    append("three");
    try (Follower follower = follow(last)) {
      assertThat(follower.next().type()).isEqualTo("ready");
      append("four");
      assertThat(resources(follower.until("four"))).containsExactly("two", "three", "four");
    }
  }

  @Test
  void moreThanOnePageComesInOrder() {
    String last;
    try (Follower follower = follow(null)) {
      last = follower.next().id();
    }
    List<String> wanted = new ArrayList<>();
    List<Change> many = new ArrayList<>();
    for (int i = 0; i < 3 * EventReader.AT_ONCE; i++) {
      wanted.add("thing-" + i);
      many.add(new Change("thing", "thing-" + i, What.UPDATED, Change.About.NOTHING));
    }
    events.append(new TenantId(person.tenant()), many);
    try (Follower follower = follow(last)) {
      follower.next();
      assertThat(resources(follower.until(wanted.getLast()))).isEqualTo(wanted);
    }
  }

  /** The one that was written first is committed last: a plain sequence would lose it. */
  @Test
  void nothingIsLostWhenTransactionsOverlap() throws Exception {
    String last;
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    try (Follower follower = follow(null)) {
      follower.next();
      CompletableFuture<Void> slow =
          CompletableFuture.runAsync(() ->
              transaction.executeWithoutResult(_ -> {
                append("slow");
                written.countDown();
                await(seen);
              }));
      await(written);
      append("fast");
      Received fast = follower.next();
      assertThat(fast.text("resourceId")).isEqualTo("fast");
      last = fast.id();
      seen.countDown();
      slow.get();
      Received slowOne = follower.next();
      assertThat(slowOne.text("resourceId")).isEqualTo("slow");
      assertThat(Long.parseLong(slowOne.id())).isEqualTo(Long.parseLong(last) + 1);
    }
    try (Follower follower = follow(last)) {
      follower.next();
      assertThat(follower.next().text("resourceId")).isEqualTo("slow");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, java.util.concurrent.TimeUnit.SECONDS))
        throw new AssertionError("it did not come to that");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoWasAwayTooLongIsToldToReadAnew() {
    append("old");
    String last;
    try (Follower follower = follow(null)) {
      last = follower.next().id();
    }
    append("lost");
    append("kept");
    reader.last(new TenantId(person.tenant()));
    db.sql(
            "UPDATE events SET event_time = event_time - interval '2 days' WHERE tenant_id = ? AND"
                + " resource_id IN ('old', 'lost')")
        .param(person.tenant())
        .update();
    reader.forget();
    try (Follower follower = follow(last)) {
      Received first = follower.next();
      assertThat(first.type()).isEqualTo("reset");
      append("new");
      assertThat(follower.next().text("resourceId")).isEqualTo("new");
    }
    try (Follower follower = follow(Long.toString(Long.parseLong(last) + 1))) {
      assertThat(follower.next().type()).isEqualTo("ready");
      assertThat(follower.next().text("resourceId")).isEqualTo("kept");
    }
    try (Follower follower = follow("999999")) {
      assertThat(follower.next().type()).as("of another database").isEqualTo("reset");
    }
    try (Follower follower = follow("yesterday")) {
      assertThat(follower.status()).isEqualTo(400);
    }
  }

  @Test
  void aCallerHasOnlySoManyStreams() {
    List<Follower> open = new ArrayList<>();
    try {
      for (int i = 0; i < EventStreams.MOST_OF_CALLER; i++) {
        open.add(follow(null));
        assertThat(open.getLast().next().type()).isEqualTo("ready");
      }
      try (Follower more = follow(null)) {
        assertThat(more.status()).isEqualTo(403);
      }
    } finally {
      open.forEach(Follower::close);
    }
  }

  @Test
  void whatNodesSayIsTold() {
    Answer made = loadBalancer();
    String pool = made.body().at("/listeners/0/defaultPoolId").asString();
    String member = as("GET", "/pools/" + pool + "/members", null).text("/items/0/id");
    try (Follower follower = follow(null)) {
      follower.next();
      report(made, 1, member, MemberReport.Health.UNKNOWN, 1);
      Received active = follower.next();
      assertThat(active.text("what")).isEqualTo("STATUS");
      assertThat(active.text("resourceId")).isEqualTo(made.text("/id"));

      report(made, 1, member, MemberReport.Health.HEALTHY, 2);
      List<Received> healthy = follower.until(member);
      assertThat(resources(healthy)).containsExactly(made.text("/id"), member);
      assertThat(healthy.getLast().text("kind")).isEqualTo("member");
      assertThat(healthy.getLast().text("loadBalancerId")).isEqualTo(made.text("/id"));

      report(made, 1, member, MemberReport.Health.HEALTHY, 3);
      append("numbers only");
      assertThat(resources(follower.until("numbers only"))).hasSize(1);
    }
  }

  @Test
  void silenceOfANodeIsToldAndItsReturn() {
    Answer made = loadBalancer();
    String pool = made.body().at("/listeners/0/defaultPoolId").asString();
    String member = as("GET", "/pools/" + pool + "/members", null).text("/items/0/id");
    report(made, 1, member, MemberReport.Health.HEALTHY, 1);
    try (Follower follower = follow(null)) {
      follower.next();
      db.sql(
              "UPDATE node_observations SET report_time = report_time - interval '1 minute' WHERE"
                  + " node_id = ?")
          .param(site.node())
          .update();
      assertThat(resources(follower.until(member))).containsExactly(made.text("/id"), member);
      assertThat(as("GET", "/load-balancers/" + made.text("/id"), null).text("/state"))
          .isEqualTo("STALE");
      report(made, 1, member, MemberReport.Health.HEALTHY, 1);
      assertThat(resources(follower.until(member))).containsExactly(made.text("/id"), member);
    }
  }

  private void report(
      Answer it, long generation, String member, MemberReport.Health health, long connections) {
    LoadBalancerReport said =
        new LoadBalancerReport(
            new LoadBalancerId(it.text("/id")),
            new Outcome.Applied(generation),
            new Serving.Running(generation, 42, NOW),
            List.of(),
            List.of(),
            List.of(
                new MemberReport(new MemberId(member), health, "because", NOW, 0, connections, 1)));
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
    assertThat(agent("POST", AgentApi.REPORTS, report, Map.of(), site.nodeKey()).status())
        .isEqualTo(200);
  }

  @Test
  void changesMadeThroughOneServerAreToldByAnotherWhoseEndIsTheEndOfItsStreams() {
    SpringApplication application = new SpringApplication(PoiseServer.class);
    var other =
        application.run(
            "--server.port=0",
            "--spring.datasource.url=" + environment.getRequiredProperty("spring.datasource.url"),
            "--spring.datasource.username=postgres");
    try {
      String port = other.getEnvironment().getRequiredProperty("local.server.port");
      Follower follower =
          new Follower(
              URI.create("http://127.0.0.1:" + port + "/api/v1/events"), person.key(), null);
      follower.next();
      Answer made = loadBalancer();
      follower.until(made.text("/id"));
      long start = System.nanoTime();
      SpringApplication.exit(other);
      assertThat(follower.next().type()).isEqualTo("end");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    } finally {
      if (other.isActive()) SpringApplication.exit(other);
    }
  }
}
