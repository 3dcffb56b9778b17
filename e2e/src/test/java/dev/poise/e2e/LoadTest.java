package dev.poise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.standalone.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The loads must notice failures, or "0 failed requests" means nothing. */
class LoadTest {
  @Test
  void countsEveryKindOfFailureWhenABackendDiesUnderIt() {
    try (HttpBackend web = new HttpBackend("web", "127.99.1.1");
        TcpBackend echo = new TcpBackend("echo", "127.99.1.2");
        Load keepAlive = Load.httpKeepAlive(at(web), 2);
        Load close = Load.httpClose(at(web), 2);
        Load tcp = Load.tcp(at(echo), 2)) {
      for (Load load : new Load[] {keepAlive, close, tcp}) load.awaitAnswers(20);
      assertThat(keepAlive.tally().failures() + close.tally().failures()).isZero();
      web.kill();
      echo.kill();
      for (Load load : new Load[] {keepAlive, close, tcp}) {
        Await.until(
            "refused connections are counted",
            Duration.ofSeconds(5),
            () -> load.tally().reasons().keySet().stream().anyMatch(r -> r.contains("refused")));
      }
      web.revive();
      echo.revive();
      for (Load load : new Load[] {keepAlive, close, tcp}) load.awaitAnswers(20);
    }
  }

  @Test
  void countsAnAnswerThatIsNotOkAsAFailure() {
    try (HttpBackend web = new HttpBackend("web", "127.99.1.3")) {
      web.failRequests(true);
      try (Load load = Load.httpClose(at(web), 1)) {
        Await.until(
            "a 503 is counted",
            Duration.ofSeconds(5),
            () -> load.tally().reasons().containsKey("java.io.IOException: HTTP 503"));
      }
    }
  }

  @Test
  void aLongConnectionThatBrokeIsNoticed() throws IOException {
    try (TcpBackend echo = new TcpBackend("echo", "127.99.1.4");
        LongConnection connection = LongConnection.open(at(echo))) {
      connection.requireAlive();
      echo.kill();
      assertThat(broke(connection)).isTrue();
    }
  }

  private static boolean broke(LongConnection connection) {
    try {
      connection.requireAlive();
      return false;
    } catch (AssertionError expected) {
      return true;
    }
  }

  private static InetSocketAddress at(Backend backend) {
    return Ports.endpoint(backend.address(), backend.port());
  }
}
