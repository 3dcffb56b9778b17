package dev.poise.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.Pinless;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

class InstallApiTest extends ApiTest {
  private static final Path ARCHIVE = place();

  @DynamicPropertySource
  static void archive(DynamicPropertyRegistry registry) {
    registry.add("poise.agent.archive", ARCHIVE::toString);
  }

  private static Path place() {
    try {
      return Files.createTempDirectory(Path.of("target"), "test-").resolve("agent.tar.gz");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterEach
  void withoutAnArchive() throws IOException {
    Files.deleteIfExists(ARCHIVE);
  }

  @Test
  void theScriptNamesTheDigestOfTheArchiveAndNobodyHasToSignIn() throws Exception {
    Files.writeString(ARCHIVE, "one");
    assertThat(script()).contains("sha256='" + sha256("one") + "'").doesNotContain("@SHA256@");
    Files.writeString(ARCHIVE, "another");
    assertThat(script()).startsWith("#!/bin/sh\n").contains("sha256='" + sha256("another") + "'");
  }

  @Test
  void theArchiveComesAsItIs() throws Exception {
    byte[] content = {31, -117, 0, -1, 10, 13};
    Files.write(ARCHIVE, content);
    HttpResponse<byte[]> answer;
    try (HttpClient http = HttpClient.newBuilder().sslContext(Pinless.context()).build()) {
      answer =
          http.send(
              HttpRequest.newBuilder(uri("/install/poise-agent.tar.gz")).build(),
              HttpResponse.BodyHandlers.ofByteArray());
    }
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/gzip");
    assertThat(answer.headers().firstValue("Content-Length")).contains("6");
    assertThat(answer.body()).isEqualTo(content);
  }

  @Test
  void withoutAnArchiveTheAnswerSaysHowToMakeOne() {
    for (String path : new String[] {"/install", "/install/poise-agent.tar.gz"}) {
      Answer answer = send("GET", path, null, Map.of(), null);
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.text("/detail")).contains("./poise package", "POISE_AGENT_ARCHIVE");
    }
  }

  private String script() {
    Answer answer = send("GET", "/install", null, Map.of(), null);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/x-shellscript");
    return answer.body().asString();
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256")
                .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }
}
