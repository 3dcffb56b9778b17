package dev.poise.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

class BehindProxyTest extends ApiTest {
  @DynamicPropertySource
  static void proxy(DynamicPropertyRegistry registry) {
    registry.add("server.forward-headers-strategy", () -> "native");
  }

  @Test
  void theCookieIsForTlsAloneAndTheClientIsTheOneBehindTheProxy() {
    Somebody user = tenant().admin();
    String body = JSON.writeValueAsString(Map.of("name", user.name(), "password", user.password()));
    Map<String, String> proxied =
        Map.of("X-Forwarded-Proto", "https", "X-Forwarded-For", "203.0.113.9");
    Answer answer = send("POST", "/api/v1/sessions", body, proxied, null);
    String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie).contains("; Secure", "HttpOnly", "SameSite=Lax");
    Answer sessions = callAs(user.key(), "GET", "/sessions?orderBy=createTime%20desc", null);
    assertThat(sessions.text("/items/0/sourceAddress")).isEqualTo("203.0.113.9");
  }
}
