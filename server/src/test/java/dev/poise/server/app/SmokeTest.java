package dev.poise.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmokeTest extends ApiTest {
  @Test
  void smoke() {
    Site site = site();
    Answer lb =
        post(
            "/load-balancers",
            """
            {"name":"web","subnetId":"%s","listeners":[{"protocol":"HTTP","port":80,"defaultPool":{"healthCheck":{"type":"HTTP","path":"/h"},"members":[{"address":"10.1.0.1","port":8080,"weight":3}]}}]}
            """
                .formatted(site.subnet()));
    System.out.println(lb);
    System.out.println(get("/load-balancers/" + lb.text("/id") + "/status-tree"));
    System.out.println(
        post(
            "/load-balancers",
            """
            {"name":"w\\neb","subnetId":"x","foo":1,"listeners":[{"protocol":"HTTPX","port":"80","connectionLimit":0},{"protocol":"TCP","port":9102,"requestHeaders":{}},{"protocol":"TCP","port":9102}, null, {"port":70000}]}
            """));
    System.out.println(agent("GET", "/agent/v1/manifest", null, Map.of(), site.nodeKey()));
    System.out.println(send("GET", "/docs", null, Map.of(), null).headers());
    System.out.println(send("GET", "/health", null, Map.of(), null));
    System.out.println(get("/nope"));
    System.out.println(send("GET", "/api/v1/load-balancers", null, Map.of(), null));
    System.out.println(get("/load-balancers/xx"));
    System.out.println(get("/load-balancers?q=web&pageSize=1"));
    String api = send("GET", "/api/v1/openapi.json", null, Map.of(), null).body().toPrettyString();
    try {
      java.nio.file.Files.writeString(java.nio.file.Path.of("/tmp/openapi.json"), api);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    assertThat(lb.status()).isEqualTo(201);
  }
}
