package dev.poise.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.agent.support.FakeServer;
import dev.poise.agent.support.TlsIdentity;
import dev.poise.spec.IpAddress;
import dev.poise.spec.JoinRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JoinTest {
  @TempDir Path directory;
  private FakeServer server;
  private Path file;
  private Path key;

  @BeforeEach
  void start() throws IOException {
    server = new FakeServer();
    file = directory.resolve("etc/agent.conf");
    key = directory.resolve("etc/node.key");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String pin() {
    return server.address().pins().iterator().next().text();
  }

  private String join(String token, String pin, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                file.toString(),
                "--server",
                server.address().url().toString(),
                "--pin",
                pin,
                "--token",
                token,
                "--data-dir",
                directory.resolve("data").toString()));
    words.addAll(List.of(more));
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    new Join(JoinOptions.parse(words), new PrintStream(printed, true, StandardCharsets.UTF_8))
        .run();
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void writesAConfigurationWithoutSecretsAndAKeyThatOnlyItsOwnerReads() throws Exception {
    String printed = join(FakeServer.TOKEN, pin());
    assertThat(printed).contains(server.node.text()).doesNotContain(server.key);
    assertThat(mode(file)).isEqualTo("rw-r--r--");
    assertThat(mode(key)).isEqualTo("rw-------");
    assertThat(Files.readString(file)).doesNotContain(server.key, FakeServer.TOKEN);
    AgentConfig config = AgentConfig.read(file, new NodeFacts(true, 20_000));
    assertThat(config.node()).isEqualTo(server.node);
    assertThat(config.nodeKey()).isEqualTo(server.key);
    assertThat(config.server()).isEqualTo(server.address());
    assertThat(Files.readString(file)).contains("server.url = " + server.address().url() + "\n");
    assertThat(config.settings().dataDirectory()).isEqualTo(directory.resolve("data"));
  }

  @Test
  void aNodeIsCalledLikeItsMachineAndReachedWhereItReachesTheServerFrom() throws Exception {
    join(FakeServer.TOKEN, pin());
    JoinRequest asked = server.joined().getFirst();
    assertThat(asked.name())
        .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
    assertThat(asked.address().text()).startsWith("127.");
  }

  @Test
  void orAsTheOperatorSays() throws Exception {
    join(FakeServer.TOKEN, pin(), "--name", "left", "--address", "192.0.2.4");
    assertThat(server.joined())
        .containsExactly(new JoinRequest(FakeServer.TOKEN, "left", new IpAddress("192.0.2.4")));
  }

  @Test
  void keepsWhatTheOperatorWroteBefore() throws Exception {
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(
        file, "# ours\nhaproxy.threads = 4\nserver.url = http://127.0.0.1:1\ndata.dir: /old\n");
    join(FakeServer.TOKEN, pin());
    assertThat(Files.readString(file))
        .startsWith("# ours\nhaproxy.threads = 4\nserver.url = https");
    assertThat(AgentConfig.read(file, new NodeFacts(true, 20_000)).settings().dataDirectory())
        .isEqualTo(directory.resolve("data"));
  }

  @Test
  void aNodeDoesNotBecomeAnotherOneByAccident() throws Exception {
    join(FakeServer.TOKEN, pin());
    Files.writeString(key, "the key\n");
    assertThatThrownBy(() -> join(FakeServer.TOKEN, pin()))
        .isInstanceOf(AgentConfig.Unusable.class)
        .hasMessageContaining(server.node.text())
        .hasMessageContaining("--again");
    Files.delete(file);
    assertThatThrownBy(() -> join(FakeServer.TOKEN, pin())).hasMessageContaining("node.key");
    assertThat(server.joined()).as("the token was not shown").hasSize(1);
    assertThat(Files.readString(key)).isEqualTo("the key\n");
    join(FakeServer.TOKEN, pin(), "--again");
    assertThat(Files.readString(key)).isEqualTo(server.key + "\n");
  }

  @Test
  void aServerWithAnotherCertificateIsNotShownTheToken() throws Exception {
    String other = TlsIdentity.make().pin().text();
    assertThatThrownBy(() -> join(FakeServer.TOKEN, other))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another certificate than the one pinned")
        .hasMessageContaining(pin());
    assertThat(server.joined()).isEmpty();
    assertThat(file).doesNotExist();
    assertThat(key).doesNotExist();
  }

  @Test
  void aRefusalIsTheServersSentenceAndNothingIsWritten() {
    assertThatThrownBy(() -> join("wrong", pin()))
        .isInstanceOf(IOException.class)
        .hasMessage("the server refuses: The join token is not valid.");
    assertThat(file).doesNotExist();
    assertThat(key).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--server https://x --token t      | needs the file",
        "f --token t                       | --server is missing",
        "f --server https://x              | --token is missing",
        "f --server https://x --token      | '--token'",
        "f --server https://x --colour t   | '--colour'",
        "f --server http://x --token t     | --server: 'http://x' is not safe",
        "f --server https://x --token t --pin p       | --pin: 'p' is not a pin",
        "f --server https://x --token t --address ::1 | --address: '::1'",
      })
  void saysWhatItDoesNotUnderstand(String words, String sentence) {
    assertThatThrownBy(() -> JoinOptions.parse(List.of(words.split(" ", -1))))
        .isInstanceOf(AgentConfig.Unusable.class)
        .hasMessageContaining(sentence);
  }
}
