package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.spec.AgentApi;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Persistence;
import dev.poise.spec.Persistence.CookieName;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A browser keeps one cookie of a name, and each pool needs its own. */
class CookieApiTest extends ApiTest {
  private static final String LONG = "c".repeat(64);

  private Site site = new Site("", "", "", "", "", "");
  private String loadBalancer = "";
  private String listener = "";
  private String first = "";

  @BeforeEach
  void place() {
    site = site();
    Answer made =
        made(
            "/load-balancers",
            """
            {"name":"web","subnetId":"%s","listeners":[{"protocol":"HTTP","port":80,
              "defaultPool":{"persistence":{"type":"COOKIE","name":"%s"}}}]}
            """
                .formatted(site.subnet(), LONG));
    loadBalancer = "/load-balancers/" + made.text("/id");
    listener = "/listeners/" + made.text("/listeners/0/id");
    first = made.text("/listeners/0/defaultPoolId");
  }

  private String pool(String name, String cookie) {
    return made(
            loadBalancer + "/pools",
            "{\"name\":\"%s\",\"persistence\":{\"type\":\"COOKIE\",\"name\":\"%s\"}}"
                .formatted(name, cookie))
        .text("/id");
  }

  /** The cookie of each pool by its id, as nodes are told. */
  private Map<String, String> cookies() throws Exception {
    Answer manifest = agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey());
    SpecRequest request = new SpecRequest(List.of(manifest.text("/loadBalancers/0/digest")));
    LoadBalancerSpec spec =
        SpecJson.readSpec(
            agent("POST", AgentApi.SPECS, request, Map.of(), site.nodeKey()).text("/specs/0/json"));
    Map<String, String> cookies = new HashMap<>();
    spec.pools()
        .forEach(pool -> {
          if (pool.persistence() instanceof Persistence.Cookie(CookieName name)) {
            cookies.put(pool.id().text(), name.text());
          }
        });
    return cookies;
  }

  @Test
  void poolsOfOneNameSetDifferentCookiesAndTheOldestTheOneThatWasWritten() throws Exception {
    String second = pool("second", LONG);
    String third = pool("third", LONG);
    String other = pool("other", "own");
    made(listener + "/rules", "{\"path\":\"/a\",\"action\":{\"poolId\":\"%s\"}}".formatted(third));
    Map<String, String> cookies = cookies();
    assertThat(cookies.get(first)).isEqualTo(LONG);
    assertThat(cookies.get(other)).isEqualTo("own");
    assertThat(cookies.values()).doesNotHaveDuplicates().hasSize(4);
    for (String id : List.of(second, third)) {
      assertThat(cookies.get(id)).hasSize(64).matches("c{55}_[0-9a-f]{8}");
      assertThat(get("/pools/" + id).text("/persistence/name")).isEqualTo(LONG);
    }
    cookies.forEach(
        (id, cookie) -> assertThat(get("/pools/" + id).text("/cookieName")).isEqualTo(cookie));
    delete("/pools/" + second);
    assertThat(cookies().get(third)).as("a neighbour that goes").isEqualTo(cookies.get(third));
  }
}
