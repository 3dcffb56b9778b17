package dev.poise.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The committed description of the API is what clients are made from, so it may not differ from the
 * real one.
 */
class OpenApiTest extends ApiTest {
  private static final Path COMMITTED = Path.of("../docs/openapi.json");

  @Test
  void theCommittedDescriptionIsTheServersOwn() throws IOException {
    String now =
        send("GET", "/api/v1/openapi.json", null, Map.of(), null).body().toPrettyString() + "\n";
    if (Boolean.getBoolean("golden.write")) Files.writeString(COMMITTED, now);
    assertThat(now)
        .as(
            "docs/openapi.json is out of date: run mvn -pl server -am test -Dtest=OpenApiTest"
                + " -Dgolden.write=true")
        .isEqualTo(Files.readString(COMMITTED));
  }

  @Test
  void everyReferenceLeadsSomewhereAndGeneratorsCanDigestIt() {
    JsonNode api = send("GET", "/api/v1/openapi.json", null, Map.of(), null).body();
    references(api)
        .forEach(reference ->
            assertThat(api.at(reference.substring(1)).isMissingNode()).as(reference).isFalse());
    assertThat(api.toString()).doesNotContain("\"null\"");
    api.at("/paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method ->
                    assertThat(method.getValue().at("/operationId").asString()).isNotEmpty()));
  }

  @Test
  void theDocumentationIsServedWithoutAKeyAndWithoutTheInternet() {
    assertThat(send("GET", "/", null, Map.of(), null).headers().firstValue("Location"))
        .contains("/docs");
    Answer page = send("GET", "/swagger-ui/index.html", null, Map.of(), null);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.body().asString()).contains("swagger-ui-bundle.js").doesNotContain("https://");
    assertThat(send("GET", "/swagger-ui/swagger-ui-bundle.js", null, Map.of(), null).status())
        .isEqualTo(200);
    assertThat(send("GET", "/problems/port-reserved", null, Map.of(), null).body().asString())
        .contains("port-reserved");
    assertThat(send("GET", "/problems/no-such", null, Map.of(), null).status()).isEqualTo(404);
  }

  private static Stream<String> references(JsonNode node) {
    Stream<String> own = node.has("$ref") ? Stream.of(node.get("$ref").asString()) : Stream.empty();
    return Stream.concat(own, node.values().stream().flatMap(OpenApiTest::references));
  }
}
