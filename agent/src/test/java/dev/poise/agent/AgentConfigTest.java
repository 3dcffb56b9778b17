package dev.poise.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.agent.link.Pin;
import dev.poise.agent.link.ServerAddress;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.render.NodeSettings.Privileges;
import dev.poise.spec.NodeId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigTest {
  private static final NodeFacts ROOT = new NodeFacts(true, 20_000);
  private static final NodeFacts ORDINARY = new NodeFacts(false, 1024);
  private static final String REQUIRED =
      """
      server.url = http://127.0.0.1:8080
      node.id = node_01h455vb4pex5vsknk084sn02q
      node.key-file = /etc/poise/node.key
      data.dir = /var/lib/poise
      """;

  @TempDir Path directory;

  private AgentConfig read(String text, NodeFacts facts) throws Exception {
    return AgentConfig.read(Files.writeString(directory.resolve("a.properties"), text), facts);
  }

  @Test
  void hasDefaultsForAllButFourKeys() throws Exception {
    assertThat(read(REQUIRED, ROOT))
        .isEqualTo(
            new AgentConfig(
                new ServerAddress(URI.create("http://127.0.0.1:8080"), Set.of()),
                new NodeId("node_01h455vb4pex5vsknk084sn02q"),
                Path.of("/etc/poise/node.key"),
                "haproxy",
                "nft",
                "conntrack",
                "keepalived",
                "ip",
                "bridge",
                32,
                new NodeSettings(
                    Path.of("/var/lib/poise"),
                    Path.of("/var/lib/poise/run"),
                    1,
                    9000,
                    3600,
                    new Privileges.Dropped("haproxy", "haproxy"),
                    "poise-edge-084sn02q")));
  }

  @Test
  void takesEveryKey() throws Exception {
    String all =
        REQUIRED
            + """
            run.dir = /run/poise
            haproxy.binary = /opt/haproxy
            keepalived.binary = /opt/keepalived
            haproxy.user = lb
            haproxy.group = lbs
            haproxy.threads = 4
            haproxy.max-connections = 123
            haproxy.hard-stop-seconds = 60
            reload.draining-limit = 5
            """;
    AgentConfig config = read(all, ROOT);
    assertThat(config.haproxyBinary()).isEqualTo("/opt/haproxy");
    assertThat(config.keepalivedBinary()).isEqualTo("/opt/keepalived");
    assertThat(config.drainingLimit()).isEqualTo(5);
    assertThat(config.settings())
        .isEqualTo(
            new NodeSettings(
                Path.of("/var/lib/poise"),
                Path.of("/run/poise"),
                4,
                123,
                60,
                new Privileges.Dropped("lb", "lbs"),
                "poise-edge-084sn02q"));
  }

  @Test
  void severalPinsAreSeparatedByCommas() throws Exception {
    String one = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    String other = one.replace("47D", "48D");
    AgentConfig config =
        read(
            REQUIRED
                + "server.url = https://poise.test\nserver.pins = "
                + one
                + ", "
                + other
                + "\n",
            ROOT);
    assertThat(config.server())
        .isEqualTo(
            new ServerAddress(
                URI.create("https://poise.test"), Set.of(new Pin(one), new Pin(other))));
  }

  @Test
  void anOrdinaryUserKeepsItsRights() throws Exception {
    NodeSettings settings = read(REQUIRED, ORDINARY).settings();
    assertThat(settings.privileges()).isEqualTo(new Privileges.Kept());
    assertThat(settings.maxConnections()).isEqualTo(384);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "colour = blue               | unknown keys: colour",
        "server.url = ftp://x        | server.url",
        "server.url = nonsense       | server.url",
        "server.url = http://192.0.2.1 | only a server on this machine",
        "server.url = http://localhost | only a server on this machine",
        "server.pins = sha256//short | server.pins: 'sha256//short' is not a pin",
        "server.pins = sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= | pins need https",
        "node.id = node_1            | node.id",
        "data.dir = relative         | data.dir",
        "data.dir =                  | data.dir: is missing",
        "haproxy.threads = 0         | haproxy.threads",
        "haproxy.threads = many      | haproxy.threads",
        "haproxy.user =              | haproxy.user",
        "run.dir = /a/very/long/path/that/leaves/no/room/for/the/name/of/a/socket | run.dir"
      })
  void refusesWithASentence(String line, String sentence) {
    assertThatThrownBy(() -> read(REQUIRED + line + "\n", ROOT))
        .isInstanceOf(AgentConfig.Unusable.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void onlyRootStartsProcessesAsSomebodyElse() {
    String text = REQUIRED + "haproxy.user = a\nhaproxy.group = a\n";
    assertThatThrownBy(() -> read(text, ORDINARY))
        .isInstanceOf(AgentConfig.Unusable.class)
        .hasMessageContaining("only root");
  }

  @Test
  void refusesAnEmptyKeyFile() throws Exception {
    Path key = Files.writeString(directory.resolve("key"), " \n");
    AgentConfig config = read(REQUIRED + "node.key-file = " + key + "\n", ROOT);
    assertThatThrownBy(config::nodeKey).hasMessageContaining("is empty");
  }

  @Test
  void findsTheFactsOfThisProcess() throws IOException {
    NodeFacts facts = NodeFacts.ofThisProcess();
    assertThat(facts.openFilesLimit()).isGreaterThan(100);
    assertThat(facts.affordableConnections()).isBetween(1, 10_000);
    assertThat(facts.isRoot()).isEqualTo("root".equals(System.getProperty("user.name")));
  }
}
