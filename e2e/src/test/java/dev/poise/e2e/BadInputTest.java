package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.standalone.ApiClient;
import dev.poise.standalone.ApiClient.Answer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the API says no to: with the right problem, every fault at its place, and nothing half done.
 */
@ExtendWith(Worlds.class)
class BadInputTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Every field in which a user can write text, as a JSON pointer into {@link #good}. */
  private static final List<String> FREE_TEXTS =
      List.of(
          "/name",
          "/remark",
          "/listeners/0/name",
          "/listeners/0/remark",
          "/listeners/0/defaultPool/name",
          "/listeners/0/defaultPool/remark",
          "/listeners/0/defaultPool/members/0/name",
          "/listeners/0/defaultPool/members/0/remark",
          "/pools/0/name",
          "/pools/0/remark");

  /** Text fields of a fixed form, most of which stand in HAProxy's configuration. */
  private static final List<String> FORMAL_TEXTS =
      List.of(
          "/listeners/0/defaultPool/healthCheck/path",
          "/listeners/0/defaultPool/healthCheck/domain",
          "/listeners/0/defaultPool/healthCheck/expectedCodes",
          "/listeners/0/defaultPool/healthCheck/method",
          "/listeners/0/defaultPool/members/0/address",
          "/listeners/0/defaultPool/algorithm",
          "/listeners/0/protocol",
          "/address",
          "/networkType");

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_536, 2_147_483_647})
  void aPortOutOfRangeIsRefused(int port, World world) {
    ObjectNode body = good(world);
    at(body, "/listeners/0").put("port", port);
    refused(world, body, 422, "validation-failed", "/listeners/0/port");
  }

  @ParameterizedTest
  @ValueSource(ints = {323, 9102, 9103, 9104, 9105, 60909, 60910})
  void aReservedPortIsRefusedUnderAnyProtocol(int port, World world) {
    for (String protocol : List.of("HTTP", "TCP")) {
      ObjectNode body = good(world);
      ObjectNode listener = at(body, "/listeners/0").put("protocol", protocol).put("port", port);
      listener.remove("defaultPool");
      refused(world, body, 422, "port-reserved", "/listeners/0/port");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_536})
  void aMembersPortOutOfRangeIsRefused(int port, World world) {
    ObjectNode body = good(world);
    at(body, "/listeners/0/defaultPool/members/0").put("port", port);
    refused(world, body, 422, "validation-failed", "/listeners/0/defaultPool/members/0/port");
  }

  @Test
  void thePortsOfOneRequestMustDiffer(World world) {
    ObjectNode body = good(world);
    ObjectNode second = JSON.createObjectNode().put("protocol", "TCP").put("port", 80);
    body.withArray("listeners").add(second);
    refused(world, body, 409, "port-in-use", "/listeners/1/port");
  }

  @Test
  void aPortThatAnotherListenerHasIsRefused(World world) {
    Balancer balancer = world.balancer(Recipe.http(80));
    String listeners = balancer.path() + "/listeners";
    Answer answer = world.api().send("POST", listeners, some(Recipe.tcp(80).body()), Map.of());
    requireProblem(answer, 409, "port-in-use");
    assertThat(world.api().list(listeners)).hasSize(1);
    assertThat(balancer.now().path("generation").asLong()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("objects")
  void anUnknownFieldIsRefusedWhereverItStands(String object, World world) {
    ObjectNode body = good(world);
    at(body, object).put("wieght", 3);
    refused(world, body, 422, "validation-failed", object + "/wieght");
  }

  static Stream<String> objects() {
    return Stream.of(
        "",
        "/listeners/0",
        "/listeners/0/defaultPool",
        "/listeners/0/defaultPool/healthCheck",
        "/listeners/0/defaultPool/members/0",
        "/pools/0");
  }

  @Test
  void aNameOfAMegabyteIsRefused(World world) {
    String name = "n".repeat(1_000_000);
    for (String field : FREE_TEXTS) {
      ObjectNode body = good(world);
      put(body, field, name);
      Answer answer = refused(world, body, 422, "validation-failed", field);
      assertThat(answer.text().length()).as("it is not sent back").isLessThan(10_000);
    }
  }

  @Test
  void aBodyOfManyMegabytesIsRefused(World world) {
    ObjectNode body = good(world);
    put(body, "/name", "n".repeat(8_000_000));
    Answer answer = world.api().send("POST", "/load-balancers", some(body), Map.of());
    requireProblem(answer, 413, "too-large");
  }

  @ParameterizedTest
  @MethodSource("allTexts")
  void aLineBreakIsRefusedInEveryText(String field, World world) {
    for (String text :
        List.of(
            "web\n    server evil 192.0.2.1:80",
            "web\r\nX-Evil: 1",
            "web\u0000",
            "web\u2028section",
            "\u0007")) {
      ObjectNode body = good(world);
      put(body, field, text);
      refused(world, body, 422, "validation-failed", field);
    }
  }

  static Stream<String> allTexts() {
    return Stream.concat(FREE_TEXTS.stream(), FORMAL_TEXTS.stream());
  }

  @ParameterizedTest
  @FieldSource("FORMAL_TEXTS")
  void quotesAndOtherSyntaxAreRefusedWhereTheFormIsFixed(String field, World world) {
    for (String text : List.of("a\"b", "it's", "$HOME", "%[env(HOME)]", "a b", "#x", "\\", ";")) {
      ObjectNode body = good(world);
      put(body, field, text);
      refused(world, body, 422, "validation-failed", field);
    }
  }

  @Test
  void quotesAndOtherSyntaxInFreeTextsChangeNothingButTheText(World world) {
    String nasty =
        "a\"b'c\\d # $HOME ${HOME} %[env(HOME)] <b> ; DROP TABLE members; -- \u00e4\u20ac";
    HttpBackend backend = world.http("backend");
    ObjectNode body = good(world);
    for (String field : FREE_TEXTS) put(body, field, nasty);
    at(body, "/listeners/0/defaultPool/members/0").put("address", backend.address());
    // Names of pools are unique in their load balancer.
    put(body, "/pools/0/name", nasty + "2");
    Balancer balancer = world.adopt(world.api().post("/load-balancers", body));
    balancer.awaitApplied();
    balancer.awaitServing(80);
    assertThat(balancer.now().path("name").asString()).isEqualTo(nasty);
    assertThat(balancer.now().path("remark").asString()).isEqualTo(nasty);
    assertThat(balancer.listener(80).path("name").asString()).isEqualTo(nasty);
    assertThat(balancer.member(80, backend).path("remark").asString()).isEqualTo(nasty);
  }

  @Test
  void everyFaultOfABodyIsNamedAtOnce(World world) {
    ObjectNode body = good(world);
    body.remove("name");
    body.put("shape", "round");
    at(body, "/listeners/0").put("port", 70_000).put("idleTimeoutSeconds", 0);
    at(body, "/listeners/0/defaultPool").put("algorithm", "RANDOM");
    at(body, "/listeners/0/defaultPool/healthCheck").put("path", "no-slash");
    at(body, "/listeners/0/defaultPool/members/0").put("address", "10.0.0.256").put("weight", 101);
    refused(
        world,
        body,
        422,
        "validation-failed",
        "/name",
        "/shape",
        "/listeners/0/port",
        "/listeners/0/idleTimeoutSeconds",
        "/listeners/0/defaultPool/algorithm",
        "/listeners/0/defaultPool/healthCheck/path",
        "/listeners/0/defaultPool/members/0/address",
        "/listeners/0/defaultPool/members/0/weight");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/listeners/0/port", "/listeners/0/defaultPool/members/0/weight"})
  void textThatIsNoNumberIsRefused(String field, World world) {
    ObjectNode body = good(world);
    put(body, field, "five");
    refused(world, body, 422, "validation-failed", field);
  }

  @Test
  void valuesOfAWrongTypeAreRefused(World world) {
    ObjectNode body = good(world);
    body.put("listeners", "none");
    refused(world, body, 422, "validation-failed", "/listeners");
    body = good(world);
    body.putObject("name").put("first", "x");
    refused(world, body, 422, "validation-failed", "/name");
    body = good(world);
    at(body, "/listeners/0").put("port", 80.5);
    refused(world, body, 422, "validation-failed", "/listeners/0/port");
    body = good(world);
    body.put("deletionProtection", "maybe");
    refused(world, body, 422, "validation-failed", "/deletionProtection");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"name\":\"x\",}", "name=x", "{\"name\":\"a\nb\"}", "", "{} {}"})
  void whatIsNotJsonIsRefused(String text, World world) {
    List<String> before = everything(world);
    Answer answer = world.api().send("POST", "/load-balancers", some(text), Map.of());
    requireProblem(answer, 400, "bad-request");
    assertThat(everything(world)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"text\"", "5", "null"})
  void jsonThatIsNoObjectIsRefused(String text, World world) {
    List<String> before = everything(world);
    Answer answer = world.api().send("POST", "/load-balancers", some(text), Map.of());
    requireProblem(answer, 422, "validation-failed");
    assertThat(everything(world)).isEqualTo(before);
  }

  @Test
  void aWrongEtagChangesNothingAndTellsTheRightOne(World world) {
    HttpBackend backend = world.http("backend");
    Balancer balancer = world.balancer(Recipe.http(80).members(backend));
    ApiClient api = world.api();
    for (String path :
        List.of(
            balancer.path(),
            "/listeners/" + balancer.listener(80).path("id").asString(),
            balancer.pool(80),
            balancer.memberPath(80, backend))) {
      String etag = api.send("GET", path, Optional.empty(), Map.of()).header("ETag").orElseThrow();
      Map<String, String> wrong = Map.of("If-Match", "\"987654\"");
      Answer patch = api.send("PATCH", path, some(Map.of("remark", "changed")), wrong);
      requireProblem(patch, 412, "etag-mismatch");
      assertThat(patch.header("ETag")).contains(etag);
      requireProblem(api.send("DELETE", path, Optional.empty(), wrong), 412, "etag-mismatch");
      assertThat(api.get(path).path("remark").asString("")).isEmpty();

      Answer right =
          api.send("PATCH", path, some(Map.of("remark", "changed")), Map.of("If-Match", etag));
      assertThat(right.status()).as(right.toString()).isEqualTo(200);
      requireProblem(
          api.send("PATCH", path, some(Map.of("remark", "again")), Map.of("If-Match", etag)),
          412,
          "etag-mismatch");
    }
  }

  @Test
  void protocolAndPortCannotBeChanged(World world) {
    Balancer balancer = world.balancer(Recipe.http(80));
    String listener = "/listeners/" + balancer.listener(80).path("id").asString();
    for (Map<String, Object> change :
        List.<Map<String, Object>>of(Map.of("port", 81), Map.of("protocol", "TCP"))) {
      Answer answer = world.api().send("PATCH", listener, some(change), Map.of());
      requireProblem(answer, 422, "immutable-field");
      assertThat(pointers(answer)).containsExactly("/" + change.keySet().iterator().next());
    }
    assertThat(balancer.now().path("generation").asLong()).isEqualTo(1);
  }

  @Test
  void withoutAKeyNothingIsTold(World world) {
    ApiClient stranger = world.stranger();
    for (String path : List.of("/load-balancers", "/vpcs", "/clusters", "/nothing-of-the-kind")) {
      Answer answer = stranger.send("GET", path, Optional.empty(), Map.of());
      requireProblem(answer, 401, "unauthenticated");
    }
    Answer post = stranger.send("POST", "/load-balancers", some(good(world)), Map.of());
    requireProblem(post, 401, "unauthenticated");
  }

  @Test
  void whatDoesNotExistIsNotFound(World world) {
    for (String path :
        List.of(
            "/load-balancers/lb_00000000000000000000000000",
            "/load-balancers/nonsense",
            "/members/mbr_00000000000000000000000000",
            "/nothing-of-the-kind")) {
      requireProblem(world.api().send("GET", path, Optional.empty(), Map.of()), 404, "not-found");
    }
  }

  // --- What these tests have in common
  // ----------------------------------------------------------------

  /** A body that is fine, with every field that the tests spoil. */
  private static ObjectNode good(World world) {
    String text =
        """
        {
          "name": "good", "remark": "", "networkType": "INTERNAL", "deletionProtection": false,
          "listeners": [{
            "name": "web", "remark": "", "protocol": "HTTP", "port": 80, "idleTimeoutSeconds": 60,
            "defaultPool": {
              "name": "mine", "remark": "", "algorithm": "WEIGHTED_ROUND_ROBIN",
              "healthCheck": {
                "type": "HTTP", "path": "/", "domain": "a.example", "method": "GET",
                "expectedCodes": "200-399", "intervalSeconds": 1, "timeoutSeconds": 1
              },
              "members": [{"name": "m", "remark": "", "address": "127.0.0.9", "port": 8080, "weight": 1}]
            }
          }],
          "pools": [{"name": "spare", "remark": ""}]
        }
        """;
    ObjectNode body = (ObjectNode) JSON.readTree(text);
    return body.put("subnetId", world.site().subnet());
  }

  private static ObjectNode at(ObjectNode body, String pointer) {
    return (ObjectNode) body.at(pointer);
  }

  private static void put(ObjectNode body, String pointer, String text) {
    int slash = pointer.lastIndexOf('/');
    at(body, pointer.substring(0, slash)).put(pointer.substring(slash + 1), text);
  }

  private static Optional<Object> some(Object body) {
    return Optional.of(body);
  }

  /** Sends the body and requires this refusal, with faults at exactly these places. */
  private static Answer refused(
      World world, ObjectNode body, int status, String problem, String... pointers) {
    List<String> before = everything(world);
    Answer answer = world.api().send("POST", "/load-balancers", some(body), Map.of());
    requireProblem(answer, status, problem);
    assertThat(pointers(answer)).as(answer.toString()).containsExactlyInAnyOrder(pointers);
    assertThat(everything(world)).as("nothing was made").isEqualTo(before);
    return answer;
  }

  private static void requireProblem(Answer answer, int status, String problem) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.problem()).as(answer.toString()).isEqualTo(problem);
    assertThat(answer.header("Content-Type").orElse("")).startsWith("application/problem+json");
    JsonNode body = answer.json();
    for (String field : List.of("title", "detail", "requestId")) {
      assertThat(body.path(field).asString("")).as(field + " of " + answer).isNotBlank();
    }
    assertThat(body.path("status").asInt()).isEqualTo(status);
  }

  private static List<String> pointers(Answer answer) {
    return List.copyOf(new TreeSet<>(answer.json().path("errors").findValuesAsString("pointer")));
  }

  /** The ids of all load balancers. */
  private static List<String> everything(World world) {
    return world.api().list("/load-balancers").stream()
        .map(item -> item.path("id").asString())
        .sorted()
        .toList();
  }
}
