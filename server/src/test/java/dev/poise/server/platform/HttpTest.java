package dev.poise.server.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

class HttpTest extends ApiTest {
  @LocalServerPort private int port;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|/api/v1/nothing|404|not-found",
        "GET|/api/v1/load-balancers/lb_x|404|not-found",
        "GET|/api/v1/load-balancers/lb_01h455vb4pex5vsknk084sn02q|404|not-found",
        "PUT|/api/v1/load-balancers|405|method-not-allowed",
        "POST|/api/v1/load-balancers|400|bad-request",
      })
  void everyRefusalIsAProblem(String method, String path, int status, String type) {
    Answer answer = send(method, path, null, Map.of(), adminKey());
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text("/type")).isEqualTo("/problems/" + type);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.text("/requestId"))
        .isEqualTo(answer.headers().firstValue("X-Request-Id").orElseThrow());
  }

  @Test
  void saysWhereJsonBreaks() {
    Answer answer = post("/load-balancers", "{\"name\": \"x\",\n oops}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("/detail")).contains("line 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "7", "\"text\"", "true"})
  void wantsAnObject(String body) {
    Answer answer = post("/load-balancers", body);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("/detail"))
        .isEqualTo(body.equals("null") ? "The body must be an object." : "This must be an object.");
  }

  @Test
  void wantsJson() {
    Answer answer =
        send(
            "POST",
            "/api/v1/load-balancers",
            "<x/>",
            Map.of("Content-Type", "application/xml"),
            adminKey());
    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.text("/type")).isEqualTo("/problems/unsupported-media-type");
  }

  @Test
  void refusesNamesOfAMegabyteAndBodiesOfMore() {
    Answer name = post("/load-balancers", "{\"name\":\"" + "x".repeat(1_000_000) + "\"}");
    assertThat(name.status()).isEqualTo(422);
    assertThat(name.body().toString()).hasSizeLessThan(2_000).contains("at most 128 characters");
    Answer body = post("/load-balancers", "{\"name\":\"" + "x".repeat(3_000_000) + "\"}");
    assertThat(body.status()).isEqualTo(413);
  }

  @Test
  void needsAKeyThatIsKnown() {
    assertThat(send("GET", "/api/v1/load-balancers", null, Map.of(), null).status()).isEqualTo(401);
    Answer wrong = send("GET", "/api/v1/load-balancers", null, Map.of(), "poise_wrong");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(send("GET", "/agent/v1/manifest", null, Map.of(), adminKey()).status())
        .isEqualTo(401);
    assertThat(send("GET", "/api/v1/load-balancers", null, Map.of(), site().nodeKey()).status())
        .isEqualTo(401);
  }

  @Test
  void keepsTheClientsRequestIdIfItIsHarmless() {
    assertThat(call("GET", "/nothing", null, Map.of("X-Request-Id", "trace-1")).text("/requestId"))
        .isEqualTo("trace-1");
    assertThat(call("GET", "/nothing", null, Map.of("X-Request-Id", "a b<c>")).text("/requestId"))
        .startsWith("req_");
  }

  @Test
  void whatIsNotHttpIsAnsweredAsAProblemToo() throws IOException {
    try (Socket socket = new Socket(URI.create("http://127.0.0.1").getHost(), port)) {
      socket.setSoTimeout(5000);
      socket
          .getOutputStream()
          .write(
              "GET /\u0001bad HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      String answer = new String(socket.getInputStream().readNBytes(600), StandardCharsets.UTF_8);
      assertThat(answer)
          .startsWith("HTTP/1.1 400")
          .contains("application/problem+json")
          .doesNotContain("<html");
    }
  }
}
