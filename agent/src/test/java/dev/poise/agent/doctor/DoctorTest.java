package dev.poise.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.link.ServerClient;
import dev.poise.agent.support.FakeServer;
import dev.poise.agent.support.Loopback;
import dev.poise.agent.support.Scratch;
import dev.poise.spec.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aFaultIsTheVerdictWarningsAreNot() throws Exception {
    Check good = () -> List.of(new Finding.Ok("this"));
    Check poor = () -> List.of(new Finding.Warn("that", "do this"));
    Check bad = () -> List.of(new Finding.Fail("the other", "do that"), new Finding.Ok("more"));
    assertThat(new Doctor(List.of(good, poor), out).examine()).isTrue();
    assertThat(new Doctor(List.of(bad, good), out).examine()).isFalse();
    assertThat(text())
        .isEqualTo(
            """
            ok    this
            warn  that  - do this
            fail  the other  - do that
            ok    more
            ok    this
            """);
  }

  @Test
  void whatCannotBeLookedAtIsSaidAndTheRestIsLookedAt() throws Exception {
    Check broken =
        () -> {
          throw new IOException("the moon is not readable");
        };
    Check good = () -> List.of(new Finding.Ok("this"));
    assertThat(new Doctor(List.of(broken, good), out).examine()).isTrue();
    assertThat(text()).contains("warn  not looked at: the moon is not readable", "ok    this");
  }

  @Test
  void aNodeOnThisMachineIsLookedAtFromAllSides() throws Exception {
    try (Scratch scratch = Scratch.create();
        FakeServer server = new FakeServer()) {
      Subject subject =
          new Subject(
              server.node,
              scratch.directory().resolve("agent.conf"),
              scratch.settings(),
              new Subject.Programs("haproxy", "nft", "conntrack", "keepalived"),
              () -> new ServerClient(server.address(), server.key),
              "1.2.3");
      assertThat(Doctor.of(subject, out).examine()).as(text()).isTrue();
    }
    assertThat(text())
        .contains(
            "ok    poise-agent 1.2.3",
            "no agent runs",
            "ok    the server takes the node's key",
            "ok    haproxy 2.",
            "CAP_NET_ADMIN",
            "ok    open files",
            "net.ipv4.ip_nonlocal_bind",
            "ok    data.dir",
            "ok    run.dir")
        .containsPattern("no other node has rules|is another node's");
  }

  @Test
  void nodesThatDoNotAnswerAreNamed() throws Exception {
    List<IpAddress> peers = List.of(new IpAddress("10.0.0.1"), new IpAddress("10.0.0.2"));
    PeersCheck check = new PeersCheck(peers, address -> address.text().endsWith("1"));
    assertThat(check.findings().stream().map(Finding::line))
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("ok    node 10.0.0.1 answers"),
            second -> assertThat(second).startsWith("warn  node 10.0.0.2 does not answer"));
    assertThat(PeersCheck.answersPing(Loopback.next())).isTrue();
  }
}
