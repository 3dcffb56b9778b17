package dev.poise.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.Pinless;
import dev.poise.spec.AgentApi;
import dev.poise.spec.IpAddress;
import dev.poise.spec.JoinRequest;
import dev.poise.spec.SpecJson;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class JoinApiTest extends ApiTest {
  private static final IpAddress ADDRESS = new IpAddress("192.0.2.7");

  @Autowired private JdbcClient db;

  private Site site = new Site("", "", "", "", "", "");

  @BeforeEach
  void place() {
    site = site();
  }

  private Answer token() {
    return made("/clusters/" + site.cluster() + "/join-tokens", "{}");
  }

  private Answer join(String token, String name) {
    return send(
        "POST",
        AgentApi.JOIN,
        SpecJson.write(new JoinRequest(token, name, ADDRESS)),
        Map.of(),
        null);
  }

  private int manifestStatus(String key) {
    return agent("GET", AgentApi.MANIFEST, null, Map.of(), key).status();
  }

  @Test
  void aMachineWithATokenBecomesANodeOfTheCluster() {
    long before = get("/clusters/" + site.cluster()).body().at("/desiredRevision").asLong();
    Answer token = token();
    Answer joined = join(token.text("/token"), "machine-1");
    assertThat(joined.status()).isEqualTo(200);
    assertThat(joined.text("/cluster")).isEqualTo(site.cluster());
    Answer node = get("/nodes/" + joined.text("/node"));
    assertThat(node.text("/name")).isEqualTo("machine-1");
    assertThat(node.text("/address")).isEqualTo(ADDRESS.text());
    assertThat(manifestStatus(joined.text("/key"))).isEqualTo(200);
    assertThat(get("/clusters/" + site.cluster()).body().at("/desiredRevision").asLong())
        .isGreaterThan(before);
    Answer audit = get("/audit-events?resourceId=" + joined.text("/node"));
    assertThat(audit.text("/items/0/action")).isEqualTo("node.create");
    assertThat(audit.text("/items/0/actorId")).isEqualTo(token.text("/id"));
    assertThat(audit.text("/items/0/sourceAddress")).isEqualTo("127.0.0.1");
  }

  @Test
  void theAnswerHasTheCommandAndTheTokenIsNowhereElse() {
    Answer made = token();
    String token = made.text("/token");
    assertThat(made.text("/serverUrl")).isEqualTo(entrance().url());
    assertThat(made.text("/pin")).isEqualTo(entrance().pin()).startsWith("sha256//");
    assertThat(made.text("/command"))
        .isEqualTo(
            "curl -fsSk --pinnedpubkey 'PIN' 'URL/install' | sudo sh -s -- --server 'URL' --pin 'PIN' --token 'TOKEN'"
                .replace("PIN", entrance().pin())
                .replace("URL", entrance().url())
                .replace("TOKEN", token));
    Answer list = get("/clusters/" + site.cluster() + "/join-tokens");
    assertThat(list.text("/items/0/id")).isEqualTo(made.text("/id"));
    assertThat(list.body().at("/items/0/usedTime").isMissingNode()).isTrue();
    assertThat(list.body().toString()).doesNotContain(token);
    assertThat(get("/audit-events?resourceId=" + made.text("/id")).body().toString())
        .contains("join-token.create")
        .doesNotContain(token);
    assertThat(db.sql("SELECT t::text FROM join_tokens t").query(String.class).list())
        .noneMatch(row -> row.contains(token));
    join(token, "machine-1");
    assertThat(get("/clusters/" + site.cluster() + "/join-tokens").text("/items/0/usedTime"))
        .isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"59", "86401", "\"soon\""})
  void aTokenIsGoodForAMinuteToADay(String seconds) {
    Answer answer =
        post(
            "/clusters/" + site.cluster() + "/join-tokens",
            "{\"expiresInSeconds\":%s}".formatted(seconds));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/errors/0/pointer")).isEqualTo("/expiresInSeconds");
  }

  @Test
  void ofManyMachinesWithOneTokenOneBecomesANode() {
    String token = token().text("/token");
    List<CompletableFuture<Answer>> all =
        Stream.iterate(1, i -> i + 1)
            .limit(12)
            .map(i -> CompletableFuture.supplyAsync(() -> join(token, "machine-" + i)))
            .toList();
    List<Integer> statuses = all.stream().map(it -> it.join().status()).sorted().toList();
    assertThat(statuses).hasSize(12).startsWith(200).containsOnlyOnce(200);
    assertThat(statuses.subList(1, 12)).containsOnly(401);
    assertThat(get("/clusters/" + site.cluster()).body().at("/nodes").size())
        .as("one beside the site's own")
        .isEqualTo(2);
  }

  @Test
  void whateverIsWrongWithATokenTheAnswerIsTheSame() {
    String used = token().text("/token");
    join(used, "machine-1");
    Answer late = token();
    db.sql("UPDATE join_tokens SET expire_time = now() - interval '1 second' WHERE id = :id")
        .param("id", late.text("/id"))
        .update();
    Answer taken = token();
    assertThat(delete("/join-tokens/" + taken.text("/id")).status()).isEqualTo(204);
    for (String token :
        List.of(used, late.text("/token"), taken.text("/token"), "poise_join_made-up", "")) {
      Answer answer = join(token, "machine-2");
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.text("/detail")).isEqualTo("The join token is not valid.");
    }
  }

  @Test
  void aNameThatIsTakenDoesNotUseTheTokenUp() {
    String token = token().text("/token");
    Answer refused = join(token, "node-1");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/detail")).contains("'node-1'", "still good");
    Answer nameless = join(token, " ");
    assertThat(nameless.status()).isEqualTo(422);
    assertThat(nameless.text("/errors/0/pointer")).isEqualTo("/name");
    assertThat(join(token, "node-2").status()).isEqualTo(200);
  }

  @Test
  void aNodeThatLostItsKeyGetsAnotherOneAndStaysTheSame() {
    String token = made("/nodes/" + site.node() + "/join-tokens", "{}").text("/token");
    Answer joined = join(token, "whatever it calls itself");
    assertThat(joined.text("/node")).isEqualTo(site.node());
    assertThat(manifestStatus(site.nodeKey())).isEqualTo(401);
    assertThat(manifestStatus(joined.text("/key"))).isEqualTo(200);
    Answer node = get("/nodes/" + site.node());
    assertThat(node.text("/name")).isEqualTo("node-1");
    assertThat(node.text("/address")).isEqualTo(ADDRESS.text());
    assertThat(get("/audit-events?resourceId=" + site.node()).body().toString())
        .contains("node.join");
  }

  @Test
  void whoKeepsTryingTokensIsNotListenedToForAWhile() throws Exception {
    String good = token().text("/token");
    try (HttpClient elsewhere =
        HttpClient.newBuilder()
            .sslContext(Pinless.context())
            .localAddress(InetAddress.ofLiteral("127.0.0.78"))
            .build()) {
      for (int i = 0; i < 100; i++) assertThat(from(elsewhere, "guess-" + i)).isEqualTo(401);
      assertThat(from(elsewhere, good)).isEqualTo(429);
    }
    assertThat(join(good, "machine-1").status()).as("from another address").isEqualTo(200);
  }

  private int from(HttpClient client, String token) throws Exception {
    String body = SpecJson.write(new JoinRequest(token, "machine-1", ADDRESS));
    return client
        .send(
            HttpRequest.newBuilder(uri(AgentApi.JOIN))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void aNodeMadeByOtherMeansMayHaveAnAddress() {
    Answer node =
        made(
            "/clusters/" + site.cluster() + "/nodes",
            "{\"name\":\"by-hand\",\"address\":\"192.0.2.9\"}");
    assertThat(get("/nodes/" + node.text("/id")).text("/address")).isEqualTo("192.0.2.9");
    assertThat(
            post("/clusters/" + site.cluster() + "/nodes", "{\"name\":\"x\",\"address\":\"here\"}")
                .text("/errors/0/pointer"))
        .isEqualTo("/address");
  }
}
