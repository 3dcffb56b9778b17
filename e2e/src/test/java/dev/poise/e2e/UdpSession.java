package dev.poise.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One client address and port. It only hears answers that come from where it sends to. */
final class UdpSession implements AutoCloseable {
  /** What is heard when nothing listens there. */
  static final String UNREACHABLE = "(unreachable)";

  /** What a client on the balancer's own machine is told when its datagram is not let through. */
  static final String NOT_PERMITTED = "(not permitted)";

  /** What is heard when nobody answers. */
  static final String SILENCE = "(silence)";

  private final DatagramSocket socket;
  private int asked;

  private UdpSession(DatagramSocket socket) {
    this.socket = socket;
  }

  static UdpSession open(InetSocketAddress target, String source) {
    try {
      DatagramSocket socket = new DatagramSocket(new InetSocketAddress(source, 0));
      socket.connect(target);
      return new UdpSession(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name of the member that answers, or one of those above. */
  String ask() {
    return ask(Duration.ofSeconds(2));
  }

  String ask(Duration patience) {
    asked++;
    String question = "question " + asked;
    byte[] bytes = question.getBytes(StandardCharsets.UTF_8);
    try {
      socket.setSoTimeout((int) patience.toMillis());
      socket.send(new DatagramPacket(bytes, bytes.length));
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        socket.receive(packet);
        String answer = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        // One that came too late for the question before.
        if (answer.endsWith(": " + question)) return answer.substring(0, answer.indexOf(':'));
      }
    } catch (PortUnreachableException e) {
      return UNREACHABLE;
    } catch (SocketTimeoutException e) {
      return SILENCE;
    } catch (IOException e) {
      if (("" + e.getMessage()).contains("not permitted")) return NOT_PERMITTED;
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
