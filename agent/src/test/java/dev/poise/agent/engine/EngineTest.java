package dev.poise.agent.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.ledger.Bundles;
import dev.poise.agent.render.NodeSettings;
import dev.poise.agent.support.Await;
import dev.poise.agent.support.Backend;
import dev.poise.agent.support.Scratch;
import dev.poise.agent.support.Specs;
import java.io.IOException;
import java.net.Socket;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of a listener's features need: a real HAProxy and two members. */
abstract class EngineTest {
  static final int PORT = 8080;

  Scratch scratch;
  Specs specs;
  Haproxy haproxy;
  Bundles bundles;
  Backend one;
  Backend two;

  @BeforeEach
  void start() throws Exception {
    scratch = Scratch.create();
    one = Backend.start("one");
    two = Backend.start("two");
    specs = new Specs().member(one).member(two);
    bundles = Bundles.open(scratch.settings().dataDirectory());
    haproxy = engine();
  }

  Haproxy engine() {
    return engine(scratch.settings());
  }

  Haproxy engine(NodeSettings settings) {
    return new Haproxy(
        specs.id, settings, new HaproxyBinary("haproxy"), bundles, 32, InstantSource.system());
  }

  @AfterEach
  void stop() throws Exception {
    haproxy.release();
    scratch.close();
    one.close();
    two.close();
  }

  void applied() throws Exception {
    assertThat(haproxy.apply(specs.digested())).isEqualTo(new Applied.Done());
  }

  void proven() throws Exception {
    Await.until(
        "all members were checked",
        () -> {
          haproxy.read();
          return !haproxy.hasUnproven();
        });
  }

  long pid() throws IOException {
    return haproxy.read().live().orElseThrow().counters().process().pid();
  }

  /** What comes back on a connection until it is closed. */
  String raw(String request) throws IOException {
    try (Socket client = new Socket(specs.vip.text(), PORT)) {
      client.setSoTimeout(15_000);
      client.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }
}
