package dev.poise.agent.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Await;
import dev.poise.agent.support.Loopback;
import dev.poise.spec.MemberMode;
import dev.poise.spec.Protocol;
import dev.poise.spec.ProxyProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ProxyProtocolTest extends EngineTest {
  private final List<String> received = new CopyOnWriteArrayList<>();

  @Test
  void aMemberIsToldTheClientInALine() throws Exception {
    String first = firstBytes(ProxyProtocol.V1);
    assertThat(first)
        .matches("(?s)PROXY TCP4 127\\.0\\.0\\.1 " + specs.vip + " \\d+ " + PORT + "\r\nhello.*");
  }

  @Test
  void aMemberIsToldTheClientInBinary() throws Exception {
    String first = firstBytes(ProxyProtocol.V2);
    assertThat(first).startsWith("\r\n\r\n\0\r\nQUIT\n!\u0011");
    assertThat(first.substring(16, 20)).isEqualTo("\u007f\0\0\u0001");
    assertThat(first).endsWith("hello");
  }

  private String firstBytes(ProxyProtocol version) throws Exception {
    var address = Loopback.next();
    try (ServerSocket member = new ServerSocket(0, 50, InetAddress.getByName(address.text()))) {
      Thread.ofVirtual().start(() -> record(member));
      specs
          .mode(0, MemberMode.DISABLED)
          .mode(1, MemberMode.DISABLED)
          .member(address, member.getLocalPort())
          .listener(PORT, new Protocol.Tcp(30, version));
      applied();
      proven();
      try (Socket client = new Socket(specs.vip.text(), PORT)) {
        client.getOutputStream().write("hello".getBytes(ISO_8859_1));
        client.shutdownOutput();
        Await.until("received", () -> received.stream().anyMatch(text -> text.endsWith("hello")));
      }
    }
    return received.stream().filter(text -> text.endsWith("hello")).findFirst().orElseThrow();
  }

  private void record(ServerSocket member) {
    while (!member.isClosed()) {
      try (Socket connection = member.accept()) {
        connection.setSoTimeout(5000);
        received.add(new String(connection.getInputStream().readAllBytes(), ISO_8859_1));
      } catch (IOException e) {
        // A check that hung up, or the end.
      }
    }
  }
}
