package dev.poise.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.engine.Applied;
import dev.poise.agent.engine.Haproxy;
import dev.poise.agent.engine.HaproxyBinary;
import dev.poise.agent.ledger.Bundles;
import dev.poise.agent.link.ServerAddress;
import dev.poise.agent.support.Scratch;
import dev.poise.agent.support.Specs;
import dev.poise.spec.NodeId;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  @TempDir Path directory;

  @Test
  void tellsWhatItDidNotUnderstandByItsExitCode() throws Exception {
    assertThat(Main.execute(new String[] {"version"})).isZero();
    assertThat(Main.execute(new String[] {})).isEqualTo(2);
    assertThat(Main.execute(new String[] {"fly"})).isEqualTo(2);
    assertThat(Main.execute(new String[] {"run"})).isEqualTo(2);
    Path file = Files.writeString(directory.resolve("a.properties"), "colour=blue\n");
    assertThat(Main.execute(new String[] {"run", file.toString()})).isEqualTo(1);
    assertThat(Main.execute(new String[] {"doctor"})).isEqualTo(2);
    assertThat(Main.execute(new String[] {"doctor", file.toString()})).isEqualTo(1);
    assertThat(Main.execute(new String[] {"run", "/nowhere.properties"})).isEqualTo(1);
  }

  @Test
  void theDoctorSaysByItsExitCodeThatSomethingIsWrong() throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "secret\n");
    Path file =
        Files.writeString(
            directory.resolve("agent.conf"),
            """
            server.url = http://127.0.0.1:1
            node.id = %s
            node.key-file = %s
            data.dir = %s
            run.dir = /tmp/poise-none
            """
                .formatted(NodeId.generate(Instant.now()), key, directory));
    assertThat(Main.execute(new String[] {"doctor", file.toString()})).isEqualTo(1);
  }

  @Test
  void stopAllEndsEveryProcessOfTheNodeAndNoOther() throws Exception {
    try (Scratch mine = Scratch.create();
        Scratch other = Scratch.create()) {
      Specs specs = new Specs().http(8080);
      serve(mine, specs);
      serve(other, new Specs().http(8080));
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      new StopAll(config(mine), new PrintStream(printed, true, StandardCharsets.UTF_8)).run();
      assertThat(mine.processes()).isEmpty();
      assertThat(other.processes()).hasSize(1);
      assertThat(printed.toString(StandardCharsets.UTF_8))
          .contains("finished", "processes stopped: 1");
    }
  }

  private static AgentConfig config(Scratch scratch) {
    return Configs.of(
        new ServerAddress(URI.create("http://127.0.0.1:1"), Set.of()),
        NodeId.generate(Instant.now()),
        scratch);
  }

  private static void serve(Scratch scratch, Specs specs) throws Exception {
    Haproxy haproxy =
        new Haproxy(
            specs.id,
            scratch.settings(),
            new HaproxyBinary("haproxy"),
            Bundles.open(scratch.settings().dataDirectory()),
            4,
            InstantSource.system());
    assertThat(haproxy.apply(specs.digested())).isEqualTo(new Applied.Done());
    haproxy.release();
  }
}
