package dev.poise.server.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.spec.AgentApi;
import dev.poise.spec.SpecJson;
import dev.poise.spec.SpecRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A property of every field that takes text: whatever is written there is either refused with a
 * reason or comes back as it was, and what nodes are told stays a spec that reads and writes the
 * same. What people write for people never reaches nodes at all.
 */
class HostileTextTest extends ApiTest {
  private static final Random RANDOM = new Random(20260101);
  private static final List<String> HOSTILE = hostile();

  /**
   * A field.
   *
   * @param object which of the objects below has it
   * @param patch sets it, with {@code %s} for the text in JSON
   * @param pointer where an answer has it
   * @param forPeople whether it is for people alone
   */
  record Field(String object, String patch, String pointer, boolean forPeople) {
    @Override
    public String toString() {
      return object + pointer;
    }
  }

  private Map<String, String> objects = Map.of();
  private Site site = new Site("", "", "", "", "", "");
  private String certificate = "";

  @BeforeEach
  void place() {
    site = site();
    TestCertificate shown = TestCertificate.server("a.test");
    String id =
        made(
                "/certificates",
                JSON.writeValueAsString(
                    Map.of(
                        "name",
                        "c",
                        "dataCenterId",
                        site.dataCenter(),
                        "kind",
                        "SERVER",
                        "certificate",
                        shown.certificate(),
                        "privateKey",
                        shown.key())))
            .text("/id");
    certificate = id;
    Answer made =
        made(
            "/load-balancers",
            """
            {"name":"web","subnetId":"%s","listeners":[{"protocol":"HTTPS","port":443,"tls":{"certificateId":"%s"},
              "defaultPool":{"members":[{"address":"10.1.0.1","port":80}]},
              "rules":[{"path":"/only","domain":"only.test","action":{"redirect":{"location":"/"}}}]}]}
            """
                .formatted(site.subnet(), id));
    String listener = "/listeners/" + made.text("/listeners/0/id");
    String pool = "/pools/" + made.text("/listeners/0/defaultPoolId");
    objects =
        Map.of(
            "load balancer", "/load-balancers/" + made.text("/id"),
            "listener", listener,
            "pool", pool,
            "member", "/members/" + get(pool + "/members").text("/items/0/id"),
            "rule", "/rules/" + get(listener + "/rules").text("/items/0/id"),
            "certificate", "/certificates/" + id);
  }

  static Stream<Field> fields() {
    Stream<Field> forPeople =
        Stream.of("load balancer", "listener", "pool", "member", "certificate")
            .flatMap(object ->
                Stream.of("name", "remark")
                    .map(field -> new Field(object, "{\"" + field + "\":%s}", "/" + field, true)));
    Stream<Field> forNodes =
        Stream.of(
            field("listener", "{\"requestHeaders\":{\"host\":%s}}", "/requestHeaders/host"),
            field(
                "pool", "{\"persistence\":{\"type\":\"COOKIE\",\"name\":%s}}", "/persistence/name"),
            field("pool", "{\"healthCheck\":{\"type\":\"HTTP\",\"path\":%s}}", "/healthCheck/path"),
            field(
                "pool",
                "{\"healthCheck\":{\"type\":\"HTTP\",\"domain\":%s}}",
                "/healthCheck/domain"),
            field(
                "pool",
                "{\"healthCheck\":{\"type\":\"HTTP\",\"expectedCodes\":%s}}",
                "/healthCheck/expectedCodes"),
            field("member", "{\"address\":%s}", "/address"),
            field("rule", "{\"domain\":%s}", "/domain"),
            field("rule", "{\"path\":%s}", "/path"),
            field(
                "rule",
                "{\"action\":{\"redirect\":{\"location\":%s}}}",
                "/action/redirect/location"),
            field(
                "rule",
                "{\"action\":{\"fixedResponse\":{\"status\":200,\"contentType\":%s}}}",
                "/action/fixedResponse/contentType"),
            field(
                "rule",
                "{\"action\":{\"fixedResponse\":{\"status\":200,\"body\":%s}}}",
                "/action/fixedResponse/body"),
            field("rule", "{\"action\":{\"poolName\":%s}}", "/action/poolName"),
            field("listener", "{\"defaultPoolName\":%s}", "/defaultPoolName"),
            field(
                "listener",
                "{\"tls\":{\"certificateId\":\"CERTIFICATE\",\"domains\":[{\"domain\":%s,\"certificateId\":\"CERTIFICATE\"}]}}",
                "/tls/domains/0/domain"));
    return Stream.concat(forPeople, forNodes);
  }

  private static Field field(String object, String patch, String pointer) {
    return new Field(object, patch, pointer, false);
  }

  private static List<String> hostile() {
    List<String> texts =
        new ArrayList<>(
            List.of(
                "",
                " ",
                "plain",
                "a.test",
                "\n",
                "a\nb",
                "a\r\nX-Injected: 1",
                "a\u0000b",
                "\u2028",
                "\ud800",
                "\udc00a",
                "\ud83d\ude00",
                "\u202e\u0627",
                "\u212a",
                "\"",
                "'",
                "\\",
                "\\\"",
                "a\" b",
                "a;b",
                "a#b",
                "/#",
                "/",
                "/a b",
                "/%0a",
                "$(id)",
                "${HOME}",
                "`id`",
                "%[src]",
                "%%",
                "{}",
                "{{",
                "[0]",
                "null",
                "<script>",
                "=cmd|'/c'!A1",
                "global\n  daemon",
                "frontend x",
                "/a\n  bind *:1",
                "../../etc/passwd",
                "'; DROP TABLE rules; --",
                "a".repeat(200),
                "a".repeat(5000)));
    String alphabet = "ab/.-_*%?&#\"'\\ \n\t\r\u0000\u0085$[]{}:;,|<>=@\u00e4\ud83d\ude00";
    for (int i = 0; i < 40; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = RANDOM.nextInt(1, 12); length > 0; length--)
        text.append(alphabet.charAt(RANDOM.nextInt(alphabet.length())));
      texts.add(text.toString());
    }
    return List.copyOf(texts);
  }

  /** JSON in ASCII, so that what UTF-8 cannot say reaches the server too. */
  private static String json(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
    return json.append('"').toString();
  }

  @ParameterizedTest
  @MethodSource("fields")
  void textIsRefusedOrComesBackAndTheSpecStaysWhole(Field field) throws Exception {
    String path = objects.getOrDefault(field.object(), "");
    int taken = 0;
    int refused = 0;
    long generation = generation();
    for (String text : HOSTILE) {
      String body = field.patch().replace("CERTIFICATE", certificate).formatted(json(text));
      Answer answer = patch(path, body);
      if (answer.status() != 200) {
        assertThat(answer.status()).as("%s %s", json(text), answer.body()).isEqualTo(422);
        assertThat(answer.body().at("/errors").size()).isPositive();
        refused++;
        continue;
      }
      taken++;
      String shown = get(path).body().at(field.pointer()).asString("");
      assertThat(shown).isIn(text, text.toLowerCase(Locale.ROOT));
      if (!field.forPeople()) requireWholeSpec();
    }
    if (field.forPeople()) assertThat(generation()).isEqualTo(generation);
    assertThat(taken + refused).isEqualTo(HOSTILE.size());
    assertThat(refused).as("there is always something to refuse").isPositive();
  }

  /**
   * A text that is said when something is made.
   *
   * @param rest what else has to be said
   */
  record Naming(String collection, String field, String rest) {
    @Override
    public String toString() {
      return collection + " " + field;
    }
  }

  static Stream<Naming> namings() {
    String inDataCenter = ",\"dataCenterId\":\"DATA-CENTER\"";
    return Stream.of(
        new Naming("/data-centers", "name", ""),
        new Naming("/data-centers", "remark", ",\"name\":\"remarked-%d\""),
        new Naming("/vpcs", "name", inDataCenter),
        new Naming("/vpcs", "remark", inDataCenter + ",\"name\":\"v-%d\""),
        new Naming("/subnets", "name", ",\"vpcId\":\"VPC\",\"cidr\":\"10.9.%d.0/29\""),
        new Naming(
            "/subnets",
            "remark",
            ",\"vpcId\":\"VPC\",\"cidr\":\"10.8.%d.0/29\",\"name\":\"s-%1$d\""),
        new Naming("/clusters", "name", inDataCenter + ",\"model\":\"x86\""),
        new Naming("/clusters", "model", inDataCenter + ",\"name\":\"c-%d\""),
        new Naming("/clusters", "remark", inDataCenter + ",\"model\":\"x86\",\"name\":\"r-%d\""),
        new Naming("/clusters/CLUSTER/nodes", "name", ""));
  }

  /** In a data centre of its own, so that no other test meets what is made. */
  @ParameterizedTest
  @MethodSource("namings")
  void whatIsMadeHasTheTextItWasGivenOrIsRefused(Naming naming) {
    Site place = site();
    String collection = naming.collection().replace("CLUSTER", place.cluster());
    int refused = 0;
    for (int i = 0; i < HOSTILE.size(); i++) {
      String text = HOSTILE.get(i);
      String rest =
          naming
              .rest()
              .replace("DATA-CENTER", place.dataCenter())
              .replace("VPC", place.vpc())
              .formatted(i);
      Answer answer = post(collection, "{\"%s\":%s%s}".formatted(naming.field(), json(text), rest));
      if (answer.status() == 201) {
        String made = naming.collection().replaceFirst(".*/", "/") + "/" + answer.text("/id");
        // Nodes show their name only.
        String shown = get(made).body().at("/" + naming.field()).asString("");
        assertThat(shown).isEqualTo(text);
      } else {
        assertThat(answer.status()).as("%s %s", json(text), answer.body()).isIn(409, 422);
        refused++;
      }
    }
    assertThat(refused).as("there is always something to refuse").isPositive();
    assertThat(refused).as("and something to take").isLessThan(HOSTILE.size());
  }

  /** The model by which a load balancer chooses a cluster is looked for as it is written. */
  @Test
  void aClusterModelIsFoundOrRefused() {
    for (String text : HOSTILE) {
      Answer answer =
          post(
              "/load-balancers?dryRun=true",
              "{\"name\":\"x\",\"subnetId\":\"%s\",\"clusterModel\":%s}"
                  .formatted(site.subnet(), json(text)));
      // An empty one is none.
      assertThat(answer.status())
          .as("%s %s", json(text), answer.body())
          .isEqualTo(text.isEmpty() ? 200 : 422);
    }
  }

  @Test
  void aNameOfANetworkInterfaceIsOneOrIsRefused() {
    int refused = 0;
    for (String text : HOSTILE) {
      Answer answer =
          post(
              "/clusters?dryRun=true",
              "{\"name\":\"i\",\"dataCenterId\":\"%s\",\"model\":\"m\",\"vrrp\":{\"interface\":%s}}"
                  .formatted(site.dataCenter(), json(text)));
      boolean harmless =
          text.chars()
              .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0));
      if (answer.status() == 200) assertThat(harmless).as(json(text)).isTrue();
      else {
        assertThat(answer.status()).as("%s %s", json(text), answer.body()).isEqualTo(422);
        refused++;
      }
    }
    assertThat(refused).as("there is always something to refuse").isPositive();
  }

  private Answer manifest() {
    return agent("GET", AgentApi.MANIFEST, null, Map.of(), site.nodeKey());
  }

  private long generation() {
    return manifest().body().at("/loadBalancers/0/generation").asLong();
  }

  private void requireWholeSpec() throws Exception {
    String digest = manifest().text("/loadBalancers/0/digest");
    String json =
        agent("POST", AgentApi.SPECS, new SpecRequest(List.of(digest)), Map.of(), site.nodeKey())
            .text("/specs/0/json");
    assertThat(SpecJson.digest(json)).isEqualTo(digest);
    assertThat(SpecJson.write(SpecJson.readSpec(json))).isEqualTo(json);
  }
}
