package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestPeople;
import dev.poise.server.platform.Caller;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ten thousand load balancers of one tenant. Times are printed, not judged: machines differ. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoadBalancerListScaleTest extends ApiTest {
  private static final int MANY = 10_000;

  @Autowired private JdbcClient db;
  private TestPeople.Person owner = new TestPeople.Person("", "", "", "");

  @BeforeAll
  void fill() {
    Site site = site();
    TestPeople people = new TestPeople(db);
    owner = people.userIn(people.tenant(), Caller.Role.TENANT_ADMIN);
    String vpc =
        own("{\"name\":\"v\",\"dataCenterId\":\"%s\"}".formatted(site.dataCenter()), "/vpcs");
    String subnet =
        own(
            "{\"name\":\"s\",\"vpcId\":\"%s\",\"cidr\":\"10.64.0.0/16\"}".formatted(vpc),
            "/subnets");
    own(
        """
        {"name":"model","subnetId":"%s","listeners":[{"protocol":"HTTP","port":80,
          "rules":[{"domain":"model.example.com","action":{"fixedResponse":{"status":200}}}],
          "defaultPool":{"members":[{"address":"10.1.0.1","port":80},{"address":"10.1.0.2","port":80}]}}]}
        """
            .formatted(subnet),
        "/load-balancers");
    copies();
  }

  /** Every table's row of the model, as many times as wanted, with ids of their own. */
  private void copies() {
    insert(
        "INSERT INTO subnet_addresses SELECT subnet_id, '10.64.8.0'::inet + i, tenant_id, 'copy'"
            + " FROM"
            + " subnet_addresses, generate_series(1, %d) i WHERE tenant_id = '%s'"
                .formatted(MANY - 1, owner.tenant()));
    copy(
        "load_balancers",
        "lb",
        "'name', 'n' || (i * 7919 % 1000), 'address', '10.64.8.0'::inet + i,"
            + " 'create_time', t.create_time + (i % 100) * interval '1 s'");
    copy(
        "pools",
        "pool",
        "'load_balancer_id', %s, 'own_listener_id', %s".formatted(id("lb"), id("lsn")));
    copy(
        "listeners",
        "lsn",
        "'load_balancer_id', %s, 'default_pool_id', %s".formatted(id("lb"), id("pool")));
    copy(
        "rules",
        "rule",
        "'listener_id', %s, 'domain', 'd' || i || '.example.com'".formatted(id("lsn")));
    insert(
        """
        INSERT INTO members SELECT (jsonb_populate_record(t, jsonb_build_object('id', %s, 'pool_id', %s))).*
        FROM members t, generate_series(1, %d) i WHERE t.tenant_id = '%s' AND t.number = 1
        """
            .formatted(id("mbr"), id("pool"), MANY - 1, owner.tenant()));
    db.sql("ANALYZE").update();
  }

  private void copy(String table, String prefix, String changes) {
    insert(
        """
        INSERT INTO %s SELECT (jsonb_populate_record(t, jsonb_build_object('id', %s, %s))).*
        FROM %s t, generate_series(1, %d) i WHERE t.tenant_id = '%s'
        """
            .formatted(table, id(prefix), changes, table, MANY - 1, owner.tenant()));
  }

  private static String id(String prefix) {
    return "'%s_' || lpad(i::text, 26, '0')".formatted(prefix);
  }

  private void insert(String statement) {
    db.sql(statement).update();
  }

  @AfterAll
  void empty() {
    for (String table : List.of("load_balancers", "subnet_addresses"))
      db.sql("DELETE FROM " + table + " WHERE tenant_id = ?").param(owner.tenant()).update();
  }

  private String own(String body, String path) {
    Answer answer = send("POST", "/api/v1" + path, body, Map.of(), owner.key());
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
    return answer.text("/id");
  }

  private Answer page(String query) {
    Answer answer = send("GET", "/api/v1/load-balancers?" + query, null, Map.of(), owner.key());
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    return answer;
  }

  @Test
  void everyOrderShowsEachOfThemOnce() {
    List<String> orders =
        List.of(
            "createTime",
            "createTime%20desc",
            "name",
            "name%20desc",
            "address",
            "type",
            "clusterModel",
            "listenerCount",
            "updateTime",
            "state",
            "health%20desc");
    for (String order : orders) {
      Set<String> seen = new HashSet<>();
      int shown = 0;
      String token = "";
      long start = System.nanoTime();
      do {
        Answer page = page("pageSize=500&orderBy=" + order + token);
        assertThat(page.body().at("/totalSize").asInt()).isEqualTo(MANY);
        for (var item : page.body().at("/items")) {
          seen.add(item.at("/id").asString());
          shown++;
        }
        token = page.body().has("nextPageToken") ? "&pageToken=" + page.text("/nextPageToken") : "";
      } while (!token.isEmpty());
      System.out.printf("20 pages of 500 by %s: %d ms%n", order, millis(start));
      assertThat(shown).as(order).isEqualTo(MANY);
      assertThat(seen).as(order).hasSize(MANY);
    }
  }

  @Test
  void aPageIsThereSoon() {
    for (String query :
        List.of(
            "q=",
            "q=d77.example",
            "q=10.64.9.",
            "orderBy=name",
            "orderBy=listenerCount%20desc",
            "state=CREATING",
            "state=CREATING&health=UNKNOWN&orderBy=health",
            "name=n7&type=MIXED")) {
      for (int i = 1; i <= 3; i++) {
        long start = System.nanoTime();
        Answer page = page(query);
        System.out.printf(
            "a page of %s, time %d: %d ms (%d found)%n",
            query, i, millis(start), page.body().at("/totalSize").asInt());
        assertThat(page.body().at("/items").size()).isPositive();
      }
    }
  }

  @Test
  void pagesBeginInAnIndexHoweverFarTheyAre() {
    for (var order : Map.of("name", "'n5'", "address", "'10.64.30.0'::inet").entrySet()) {
      String plan =
          String.join(
              "\n",
              db.sql(
                      "EXPLAIN SELECT * FROM ("
                          + LoadBalancerListStore.WITHOUT_VERDICTS.replace(
                              ":tenant", "'" + owner.tenant() + "'")
                          + ") AS found WHERE (%s, id) > (%s, 'lb') ORDER BY %s, id LIMIT 26"
                              .formatted(order.getKey(), order.getValue(), order.getKey()))
                  .query(String.class)
                  .list());
      assertThat(plan)
          .contains("Index Scan using load_balancers_by_" + order.getKey())
          .doesNotContain("Sort Key");
    }
  }

  private static long millis(long start) {
    return Duration.ofNanos(System.nanoTime() - start).toMillis();
  }
}
