package dev.poise.server.isolation;

import static dev.poise.server.isolation.Expectation.ADMINISTERED;
import static dev.poise.server.isolation.Expectation.INTIMATE;
import static dev.poise.server.isolation.Expectation.OPEN;
import static dev.poise.server.isolation.Expectation.OWN;
import static dev.poise.server.isolation.Expectation.PERSONAL;
import static dev.poise.server.isolation.Expectation.PLATFORM;
import static dev.poise.server.isolation.Expectation.REFERRING;
import static dev.poise.server.isolation.Expectation.SELF;
import static dev.poise.server.isolation.Expectation.SHARED;
import static dev.poise.server.isolation.Expectation.STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.TestNode;
import dev.poise.server.TestPeople;
import dev.poise.server.cluster.JoinTokenId;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.ElasticIpPoolId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.NodeId;
import dev.poise.spec.RoleReport.Role;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Every route of the server's own route table, called as everybody who should not get through. What
 * a route with an id in its address must answer follows from the id's type; of the others it is
 * said here. A route that nothing is said of, or that cannot be called, stands in a file that is
 * empty.
 */
class IsolationTest extends ApiTest {
  private static final Path UNCOVERED =
      Path.of("src/test/golden/routes-without-authorization-test.txt");

  private static final Map<String, Expectation> SAID =
      Map.ofEntries(
          Map.entry("GET /", OPEN),
          Map.entry("GET /docs", OPEN),
          Map.entry("GET /error", OPEN),
          Map.entry("GET /problems", OPEN),
          Map.entry("GET /install", OPEN),
          Map.entry("GET /install/poise-agent.tar.gz", OPEN),
          Map.entry("GET /problems/{slug}", OPEN),
          Map.entry("GET /api/v1/openapi.json", OPEN),
          Map.entry("GET /api/v1/openapi.json/swagger-config", OPEN),
          Map.entry("GET /api/v1/openapi.json.yaml", SHARED),
          Map.entry("GET /api/v1/data-centers", SHARED),
          Map.entry("GET /api/v1/data-centers/{id}", SHARED),
          Map.entry("POST /api/v1/data-centers", PLATFORM),
          Map.entry("GET /api/v1/clusters", PLATFORM),
          Map.entry("POST /api/v1/clusters", PLATFORM),
          Map.entry("GET /api/v1/nodes", PLATFORM),
          // The token is what it asks for; JoinApiTest tries it.
          Map.entry("POST /agent/v1/join", OPEN),
          Map.entry("POST /api/v1/certificates:rewrap", PLATFORM),
          Map.entry("GET /api/v1/sign-in-options", OPEN),
          Map.entry("POST /api/v1/sessions", OPEN),
          Map.entry("POST /api/v1/set-up", OPEN),
          Map.entry("GET /api/v1/tenants", PLATFORM),
          Map.entry("POST /api/v1/tenants", PLATFORM),
          Map.entry("GET /api/v1/users", OWN),
          Map.entry("POST /api/v1/users", ADMINISTERED),
          Map.entry("GET /api/v1/users/{id}", ADMINISTERED),
          Map.entry("PATCH /api/v1/users/{id}", ADMINISTERED),
          Map.entry("DELETE /api/v1/users/{id}", ADMINISTERED),
          Map.entry("POST /api/v1/users/{id}:disable", ADMINISTERED),
          Map.entry("POST /api/v1/users/{id}:enable", ADMINISTERED),
          Map.entry("POST /api/v1/users/{id}:issueSetUp", ADMINISTERED),
          Map.entry("POST /api/v1/users/{id}:resetTotp", ADMINISTERED),
          Map.entry("GET /api/v1/api-keys", OWN),
          Map.entry("POST /api/v1/api-keys", OWN),
          Map.entry("GET /api/v1/api-keys/{id}", PERSONAL),
          Map.entry("DELETE /api/v1/api-keys/{id}", PERSONAL),
          Map.entry("GET /api/v1/sessions", OWN),
          Map.entry("DELETE /api/v1/sessions/{id}", INTIMATE),
          Map.entry("DELETE /api/v1/sessions/current", SELF),
          Map.entry("GET /api/v1/me", OWN),
          Map.entry("POST /api/v1/me:changePassword", SELF),
          Map.entry("POST /api/v1/me:enrolTotp", SELF),
          Map.entry("POST /api/v1/me:confirmTotp", SELF),
          Map.entry("POST /api/v1/me:disableTotp", SELF),
          Map.entry("GET /api/v1/audit-events", OWN),
          Map.entry("GET /api/v1/quotas", OWN),
          Map.entry("GET /api/v1/vpcs", OWN),
          Map.entry("POST /api/v1/vpcs", OWN),
          Map.entry("GET /api/v1/subnets", OWN),
          Map.entry("POST /api/v1/subnets", REFERRING),
          Map.entry("GET /api/v1/elastic-ip-pools", SHARED),
          Map.entry("GET /api/v1/elastic-ip-pools/{id}", SHARED),
          Map.entry("POST /api/v1/elastic-ip-pools", PLATFORM),
          Map.entry("GET /api/v1/elastic-ips", OWN),
          Map.entry("POST /api/v1/elastic-ips", OWN),
          Map.entry("GET /api/v1/instances", OWN),
          Map.entry("POST /api/v1/instances", REFERRING),
          Map.entry("POST /api/v1/instances:import", REFERRING),
          Map.entry("GET /api/v1/load-balancers", OWN),
          Map.entry("POST /api/v1/load-balancers", REFERRING),
          Map.entry("GET /api/v1/security-groups", OWN),
          Map.entry("POST /api/v1/security-groups", OWN),
          Map.entry("GET /api/v1/certificates", OWN),
          Map.entry("POST /api/v1/certificates", OWN),
          Map.entry("POST /api/v1/certificates (form)", OWN),
          Map.entry("POST /api/v1/certificates:parse", OWN),
          Map.entry("POST /api/v1/certificates:parse (form)", OWN),
          // Says of each id that there is none.
          Map.entry("POST /api/v1/certificates:batchDelete", OWN),
          Map.entry("POST /api/v1/load-balancers:batchDelete", OWN),
          Map.entry("POST /api/v1/listeners:batchDelete", OWN),
          Map.entry("POST /api/v1/rules:batchDelete", OWN),
          Map.entry("POST /api/v1/members:batchDelete", OWN),
          Map.entry("POST /api/v1/members:batchEnable", OWN),
          Map.entry("POST /api/v1/members:batchDisable", OWN),
          Map.entry("POST /api/v1/members:batchDrain", OWN),
          // What it tells to whom is in EventApiTest.
          Map.entry("GET /api/v1/events", STREAM));

  private static final Set<String> READING =
      Set.of("POST /api/v1/listeners/{id}:explain", "POST /api/v1/security-groups/{id}:test");

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping table;

  @Autowired private JdbcClient db;

  private final List<RequestMappingInfo> added = new ArrayList<>();

  private World world() {
    Site site = site();
    World world =
        new World(
            (method, path, body, key) -> send(method, path, body, Map.of(), key),
            new TestPeople(db),
            site,
            elasticIpPool(site, "203.0.113.0/28"));
    world.common.put(
        JoinTokenId.class, made("/clusters/" + site.cluster() + "/join-tokens", "{}").text("/id"));
    world.empty.put(NodeId.class, revokedNode(site));
    world.empty.put(ElasticIpPoolId.class, elasticIpPool(site, "203.0.113.100"));
    move(site);
    world.empty.put(
        ClusterId.class,
        made(
                "/clusters",
                "{\"name\":\"empty-%d\",\"dataCenterId\":\"%s\",\"model\":\"x86\"}"
                    .formatted(unique(), site.dataCenter()))
            .text("/id"));
    world.empty.put(
        DataCenterId.class,
        made("/data-centers", "{\"name\":\"empty-%d\"}".formatted(unique())).text("/id"));
    return world;
  }

  /** Makes the nodes of the site a pair that can move addresses. */
  private void move(Site site) {
    patch("/nodes/" + site.node(), "{\"address\":\"10.9.0.1\"}");
    Answer second =
        made(
            "/clusters/" + site.cluster() + "/nodes",
            "{\"name\":\"standby\",\"address\":\"10.9.0.2\"}");
    patch("/clusters/" + site.cluster(), "{\"vrrp\":{\"interface\":\"eth0\"}}");
    new TestNode(this::agent, site).is(Role.PRIMARY);
    Site standby =
        new Site(
            site.dataCenter(),
            site.vpc(),
            site.subnet(),
            site.cluster(),
            second.text("/id"),
            second.text("/key"));
    new TestNode(this::agent, standby).is(Role.BACKUP);
    // Calling every route takes longer than a node may be silent.
    db.sql("UPDATE node_observations SET report_time = report_time + interval '1 hour'").update();
  }

  private String revokedNode(Site site) {
    String node =
        made("/clusters/" + site.cluster() + "/nodes", "{\"name\":\"revoked\"}").text("/id");
    post("/nodes/" + node + ":revoke", "");
    return node;
  }

  private String elasticIpPool(Site site, String range) {
    return made(
            "/elastic-ip-pools",
            "{\"name\":\"pool-%d\",\"dataCenterId\":\"%s\",\"ranges\":[\"%s\"]}"
                .formatted(unique(), site.dataCenter(), range))
        .text("/id");
  }

  private Probe probe(World world) {
    return new Probe(this::send, world, adminKey(), SAID, READING);
  }

  private List<Route> routes() {
    List<Route> all = new ArrayList<>();
    table.getHandlerMethods().forEach((mapping, handler) -> all.addAll(Route.of(mapping, handler)));
    Map<String, String> bodies =
        all.stream()
            .filter(route -> !route.form())
            .collect(Collectors.toMap(Route::name, Route::body));
    return all.stream()
        .map(route ->
            route.form()
                ? route.withBody(bodies.getOrDefault(route.method() + " " + route.pattern(), ""))
                : route)
        .sorted(Comparator.comparing(Route::name))
        .toList();
  }

  @Test
  void everyRouteHasAnAuthorizationTest() throws IOException {
    Probe probe = probe(world());
    String uncovered =
        String.join(
            "",
            routes().stream()
                .filter(route -> probe.expectation(route).isEmpty())
                .map(route -> route.name() + "\n")
                .toList());
    if (Boolean.getBoolean("golden.write")) Files.writeString(UNCOVERED, uncovered);
    assertThat(uncovered)
        .as("routes without an authorization test; see World and IsolationTest.SAID")
        .isEqualTo(Files.readString(UNCOVERED));
  }

  @Test
  void nobodyGetsThroughWhoIsNotEntitledTo() {
    World world = world();
    Probe probe = probe(world);
    String before = world.state();
    Map<String, List<String>> faults = new TreeMap<>();
    for (Route route : routes()) {
      if (probe.expectation(route).isEmpty()) continue;
      List<String> found = probe.faults(route);
      if (!found.isEmpty()) faults.put(route.name(), found);
    }
    assertThat(faults).isEmpty();
    assertThat(world.state()).isEqualTo(before);
  }

  private Route added(String name, RequestMethod method, String pattern) throws Exception {
    Method handler =
        Arrays.stream(Forgetful.class.getDeclaredMethods())
            .filter(it -> it.getName().equals(name))
            .findFirst()
            .orElseThrow();
    RequestMappingInfo mapping =
        RequestMappingInfo.paths(pattern)
            .methods(method)
            .options(table.getBuilderConfiguration())
            .build();
    table.registerMapping(mapping, new Forgetful(db), handler);
    added.add(mapping);
    return routes().stream().filter(it -> it.pattern().equals(pattern)).findFirst().orElseThrow();
  }

  @AfterEach
  void forgetThem() {
    added.forEach(table::unregisterMapping);
  }

  @Test
  void theProbeCatchesARouteThatForgetsTheTenant() throws Exception {
    Route route = added("readsOfAnyTenant", RequestMethod.GET, "/api/v1/forgetful/{id}");
    Probe probe = probe(world());
    assertThat(probe.expectation(route)).contains(Expectation.OWNED);
    assertThat(probe.faults(route))
        .singleElement()
        .asString()
        .startsWith("GET /api/v1/forgetful/{id} as another tenant answers 200");
  }

  @Test
  void theProbeCatchesARouteThatForgetsWhoMadeAThing() throws Exception {
    Route route =
        added("changesWhatAnotherUserMade", RequestMethod.POST, "/api/v1/forgetful/{id}:touch");
    assertThat(probe(world()).faults(route))
        .singleElement()
        .asString()
        .startsWith("POST /api/v1/forgetful/{id}:touch as a colleague answers 200");
  }

  @Test
  void aRouteThatTheProbeCannotCallIsNoted() throws Exception {
    Route route = added("takesAnIdNobodyKnows", RequestMethod.GET, "/api/v1/unknown/{name}");
    assertThat(probe(world()).expectation(route)).isEmpty();
  }
}
