package dev.poise.server.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.server.ApiTest;
import dev.poise.server.TestPeople;
import dev.poise.server.TestPeople.Person;
import dev.poise.server.loadbalancer.TestCertificate;
import dev.poise.server.platform.Caller.Role;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class QuotaApiTest extends ApiTest {
  private static final TestCertificate AUTHORITY = TestCertificate.authority("clients");

  @Autowired private JdbcClient db;

  private Site site = new Site("", "", "", "", "", "");
  private Person user = new Person("", "", "", "");
  private String subnet = "";

  @BeforeEach
  void place() {
    site = site();
    TestPeople people = new TestPeople(db);
    user = people.userIn(people.tenant(), Role.TENANT_USER);
    made(
        "/elastic-ip-pools",
        "{\"name\":\"pool-%d\",\"dataCenterId\":\"%s\",\"ranges\":[\"203.0.113.0/28\"]}"
            .formatted(unique(), site.dataCenter()));
    String vpc = make("/vpcs", vpc("v")).text("/id");
    subnet = make("/subnets", subnet("s", vpc, 0)).text("/id");
  }

  private Answer call(String method, String path, @Nullable String body) {
    return send(method, "/api/v1" + path, body, Map.of(), user.key());
  }

  private Answer make(String path, String body) {
    Answer answer = call("POST", path, body);
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
    return answer;
  }

  private String vpc(String name) {
    return "{\"name\":\"%s\",\"dataCenterId\":\"%s\"}".formatted(name, site.dataCenter());
  }

  private static String subnet(String name, String vpc, int number) {
    return "{\"name\":\"%s\",\"vpcId\":\"%s\",\"cidr\":\"10.7.%d.0/24\"}"
        .formatted(name, vpc, number);
  }

  private Answer limit(String limits) {
    return patch("/tenants/" + user.tenant() + "/quotas", "{\"limits\":" + limits + "}");
  }

  private static JsonNode kind(Answer quotas, Quota kind) {
    for (JsonNode quota : quotas.body().at("/quotas")) {
      if (quota.at("/kind").asString().equals(kind.name())) return quota;
    }
    throw new AssertionError(kind + " is not in " + quotas.body());
  }

  private long used(Quota kind) {
    return kind(call("GET", "/quotas", null), kind).at("/used").asLong();
  }

  private String balancer(int members) {
    String list =
        String.join(
            ",",
            IntStream.rangeClosed(1, members)
                .mapToObj("{\"address\":\"10.6.0.%d\",\"port\":80}"::formatted)
                .toList());
    return """
    {"name":"web","subnetId":"%s","pools":[{"name":"spare"}],
     "listeners":[{"protocol":"HTTP","port":80,"defaultPool":{"members":[%s]},
       "rules":[{"domain":"a.test","action":{"redirect":{"location":"http://b.test/"}}}]}]}
    """
        .formatted(subnet, list);
  }

  /** One request for each kind that adds one of it. */
  private Answer addOne(Quota kind) {
    return switch (kind) {
      case VPCS -> call("POST", "/vpcs", vpc("another"));
      case SUBNETS -> {
        String vpc = call("GET", "/vpcs", null).text("/items/0/id");
        yield call("POST", "/subnets", subnet("another", vpc, 9));
      }
      case ELASTIC_IPS ->
          call("POST", "/elastic-ips", "{\"dataCenterId\":\"%s\"}".formatted(site.dataCenter()));
      case INSTANCES -> {
        int n = unique();
        yield call(
            "POST",
            "/instances",
            "{\"name\":\"vm-%d\",\"vpcId\":\"%s\",\"addresses\":[\"10.7.0.%d\"]}"
                .formatted(n, call("GET", "/vpcs", null).text("/items/0/id"), 50 + n % 200));
      }
      case CERTIFICATES ->
          call(
              "POST",
              "/certificates",
              JSON.writeValueAsString(
                  Map.of(
                      "name",
                      "c-" + unique(),
                      "dataCenterId",
                      site.dataCenter(),
                      "kind",
                      "CLIENT_CA",
                      "certificate",
                      AUTHORITY.certificate())));
      case SECURITY_GROUPS ->
          call(
              "POST",
              "/security-groups",
              "{\"name\":\"sg-%d\",\"dataCenterId\":\"%s\"}"
                  .formatted(unique(), site.dataCenter()));
      case LOAD_BALANCERS -> call("POST", "/load-balancers", balancer(0));
      case LISTENERS ->
          call(
              "POST",
              balancerPath() + "/listeners",
              "{\"protocol\":\"HTTP\",\"port\":%d}".formatted(1000 + unique()));
      case POOLS ->
          call("POST", balancerPath() + "/pools", "{\"name\":\"p-%d\"}".formatted(unique()));
      case MEMBERS ->
          call(
              "POST",
              "/pools/" + pool() + "/members",
              "{\"address\":\"10.6.1.1\",\"port\":%d}".formatted(unique()));
      case RULES ->
          call(
              "POST",
              "/listeners/" + listener() + "/rules",
              "{\"domain\":\"d%d.test\",\"action\":{\"redirect\":{\"location\":\"http://b.test/\"}}}"
                  .formatted(unique()));
    };
  }

  private String balancerPath() {
    return "/load-balancers/" + call("GET", "/load-balancers", null).text("/items/0/id");
  }

  private String listener() {
    return call("GET", balancerPath() + "/listeners", null).text("/items/0/id");
  }

  private String pool() {
    return call("GET", balancerPath() + "/pools", null).text("/items/0/id");
  }

  @ParameterizedTest
  @EnumSource(Quota.class)
  void refusesMoreOfAKindThanTheTenantMayHave(Quota kind) {
    make("/load-balancers", balancer(2));
    long used = used(kind);
    assertThat(limit("{\"%s\":%d}".formatted(kind, used)).status()).isEqualTo(200);

    Answer refused = addOne(kind);
    assertThat(refused.status()).as(refused.body().toString()).isEqualTo(403);
    assertThat(refused.text("/type")).isEqualTo("/problems/quota-exceeded");
    assertThat(refused.text("/detail"))
        .isEqualTo(
            "The tenant may have %d %s; it has %d, and 1 more was asked for."
                .formatted(used, kind.plural(), used));
    assertThat(used(kind)).isEqualTo(used);

    limit("{\"%s\":%d}".formatted(kind, used + 1));
    Answer added = addOne(kind);
    assertThat(added.status()).as(added.body().toString()).isEqualTo(201);
    assertThat(used(kind)).isEqualTo(used + 1);
    assertThat(addOne(kind).status()).isEqualTo(403);
  }

  @Test
  void countsAllThatOneRequestBrings() {
    limit("{\"MEMBERS\":3,\"POOLS\":1}");
    Answer refused = call("POST", "/load-balancers", balancer(4));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("/detail"))
        .isEqualTo(
            "The tenant may have 1 pools; it has 0, and 2 more were asked for."
                + " The tenant may have 3 members; it has 0, and 4 more were asked for.");
    limit("{\"POOLS\":null}");
    make("/load-balancers", balancer(3));
    Answer set =
        call(
            "PUT",
            "/pools/" + listenersPool() + "/members",
            "{\"members\":[{\"address\":\"10.6.2.1\",\"port\":1},{\"address\":\"10.6.2.2\",\"port\":1},"
                + "{\"address\":\"10.6.2.3\",\"port\":1}]}");
    assertThat(set.status()).as("others instead of them are not more").isEqualTo(200);
  }

  private String anyMember() {
    return call("GET", "/pools/" + listenersPool() + "/members", null).text("/items/0/id");
  }

  private String listenersPool() {
    return call("GET", "/listeners/" + listener(), null).text("/defaultPoolId");
  }

  @Test
  void aLimitBelowWhatThereIsTakesNothingAway() {
    make("/load-balancers", balancer(2));
    Answer limited = limit("{\"MEMBERS\":1,\"LISTENERS\":0}");
    assertThat(kind(limited, Quota.MEMBERS).at("/used").asLong()).isEqualTo(2);
    assertThat(call("PATCH", "/members/" + anyMember(), "{\"weight\":7}").status()).isEqualTo(200);
    assertThat(call("PATCH", "/listeners/" + listener(), "{\"remark\":\"x\"}").status())
        .isEqualTo(200);
    assertThat(call("DELETE", "/members/" + anyMember(), null).status()).isEqualTo(204);
    assertThat(used(Quota.MEMBERS)).isEqualTo(1);
    assertThat(call("DELETE", balancerPath(), null).status()).isEqualTo(202);
    assertThat(used(Quota.LOAD_BALANCERS)).isZero();
    assertThat(used(Quota.MEMBERS)).isZero();
  }

  @Test
  void twoAtOnceNeverBothTakeTheLastPlace() throws Exception {
    limit("{\"VPCS\":4}");
    List<Callable<Integer>> all =
        IntStream.range(0, 24)
            .<Callable<Integer>>mapToObj(i -> () -> call("POST", "/vpcs", vpc("v" + i)).status())
            .toList();
    int made = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> status : threads.invokeAll(all)) {
        assertThat(status.get()).isIn(201, 403);
        if (status.get() == 201) made++;
      }
    }
    assertThat(made).isEqualTo(3);
    assertThat(used(Quota.VPCS)).isEqualTo(4);
  }

  @Test
  void aDryRunIsRefusedTooAndCountsNothing() {
    limit("{\"VPCS\":2}");
    assertThat(call("POST", "/vpcs?dryRun=true", vpc("w")).status()).isEqualTo(200);
    make("/vpcs", vpc("w"));
    assertThat(call("POST", "/vpcs?dryRun=true", vpc("x")).status()).isEqualTo(403);
  }

  @Test
  void oneTenantsLimitIsNotAnothers() {
    limit("{\"VPCS\":0}");
    assertThat(kind(get("/quotas"), Quota.VPCS).at("/limit").asLong()).isEqualTo(1_000_000);
    assertThat(kind(call("GET", "/quotas", null), Quota.VPCS).at("/limit").asLong()).isZero();
    Answer back = limit("{\"VPCS\":null}");
    assertThat(kind(back, Quota.VPCS).at("/limit").asLong()).isEqualTo(1_000_000);
    assertThat(kind(back, Quota.VPCS).at("/usualLimit").asLong()).isEqualTo(1_000_000);
  }

  @Test
  void onlyThePlatformSaysHowMuchATenantMayHave() {
    Person boss = new TestPeople(db).userIn(user.tenant(), Role.TENANT_ADMIN);
    String path = "/api/v1/tenants/" + user.tenant() + "/quotas";
    assertThat(send("PATCH", path, "{\"limits\":{\"VPCS\":9}}", Map.of(), boss.key()).status())
        .isEqualTo(403);
    assertThat(send("GET", path, null, Map.of(), boss.key()).status()).isEqualTo(403);
    assertThat(patch("/tenants/ten_01h455vb4pex5vsknk084sn02q/quotas", "{}").status())
        .isEqualTo(404);
  }

  @Test
  void refusesLimitsThatAreNone() {
    Answer refused = limit("{\"VPCS\":-1,\"SUBNETS\":\"many\"}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().at("/errors").findValuesAsString("pointer"))
        .containsExactlyInAnyOrder("/limits/VPCS", "/limits/SUBNETS");
    Answer unknown = limit("{\"PONIES\":1}");
    assertThat(unknown.status()).isEqualTo(422);
    assertThat(unknown.text("/errors/0/detail")).contains("LOAD_BALANCERS, LISTENERS");
  }

  @Test
  void everyKindHasALimitInWhatIsShipped() throws IOException {
    StandardEnvironment shipped = new StandardEnvironment();
    for (PropertySource<?> source :
        new YamlPropertySourceLoader().load("shipped", new ClassPathResource("application.yaml")))
      shipped.getPropertySources().addLast(source);
    assertThat(Quotas.usual(shipped)).containsOnlyKeys(Quota.values());
    assertThatThrownBy(() -> Quotas.usual(new StandardEnvironment()))
        .hasMessageContaining("poise.quotas.load-balancers must be a number from 0 on");
  }
}
