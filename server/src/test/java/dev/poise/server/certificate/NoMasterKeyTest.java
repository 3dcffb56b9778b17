package dev.poise.server.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

class NoMasterKeyTest extends ApiTest {
  @DynamicPropertySource
  static void noMasterKey(DynamicPropertyRegistry registry) {
    registry.add("poise.master-key", () -> "");
    registry.add("poise.master-key-file", () -> "");
  }

  @ParameterizedTest
  @CsvSource({"GET,/certificates", "POST,/certificates", "POST,/certificates:parse"})
  void thereAreNoCertificatesAndTheAnswerSaysWhatToDo(String method, String path) {
    Answer answer = call(method, path, method.equals("POST") ? "{}" : null, java.util.Map.of());
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text("/type")).isEqualTo("/problems/unavailable");
    assertThat(answer.text("/detail")).contains("POISE_MASTER_KEY_FILE");
  }

  @Test
  void noAgentsGetInAndHealthAndJoinTokensSayWhy() {
    Answer health = send("GET", "/health/agents", null, java.util.Map.of(), null);
    assertThat(health.body().toString()).contains("POISE_MASTER_KEY_FILE", "no port for agents");
    assertThat(send("GET", "/health", null, java.util.Map.of(), null).text("/status"))
        .isEqualTo("UP");
    Answer token = post("/clusters/" + site().cluster() + "/join-tokens", "{}");
    assertThat(token.status()).isEqualTo(503);
    assertThat(token.text("/detail")).contains("POISE_MASTER_KEY_FILE");
  }

  @Test
  void everythingElseWorks() {
    Answer made =
        made(
            "/load-balancers",
            "{\"name\":\"plain\",\"subnetId\":\"%s\"}".formatted(site().subnet()));
    assertThat(made.text("/name")).isEqualTo("plain");
  }
}
