package dev.poise.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.link.ServerClient;
import dev.poise.agent.support.FakeServer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServerCheckTest {
  private FakeServer server;

  @BeforeEach
  void start() throws IOException {
    server = new FakeServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private List<String> lines(String key, Duration ahead) throws InterruptedException {
    InstantSource clock = () -> InstantSource.system().instant().plus(ahead);
    return lines(new ServerCheck(() -> new ServerClient(server.address(), key), clock));
  }

  private static List<String> lines(ServerCheck check) throws InterruptedException {
    return check.findings().stream().map(Finding::line).toList();
  }

  @Test
  void aNodeOfTheServerWithTheSameTimeIsWell() throws Exception {
    assertThat(lines(server.key, Duration.ZERO))
        .containsExactly(
            "ok    the server answers",
            "ok    the server takes the node's key",
            "ok    the clock is right");
  }

  @Test
  void aKeyThatIsNotTakenAnyMoreIsAFault() throws Exception {
    assertThat(lines("another", Duration.ZERO))
        .anyMatch(line -> line.startsWith("fail") && line.contains("join --again"));
  }

  @Test
  void aClockThatDiffersIsToldWithItsDirection() throws Exception {
    assertThat(lines(server.key, Duration.ofSeconds(61)))
        .anyMatch(line -> line.matches("warn  the clock is (60|61) s ahead of the server's.*"));
    assertThat(lines(server.key, Duration.ofSeconds(-61)))
        .anyMatch(line -> line.matches("warn  the clock is (60|61) s behind the server's.*"));
  }

  @Test
  void aServerThatIsAwayIsAFault() throws Exception {
    server.stop();
    assertThat(lines(server.key, Duration.ZERO))
        .singleElement()
        .asString()
        .startsWith("fail  the server cannot be reached");
  }

  @Test
  void aNodeWithoutAKeyHasToJoin() throws Exception {
    ServerCheck check =
        new ServerCheck(
            () -> {
              throw new IOException("the file is empty");
            },
            InstantSource.system());
    assertThat(lines(check)).singleElement().asString().startsWith("fail  the node has no key");
  }
}
