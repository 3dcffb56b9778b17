package dev.poise.agent.support;

import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client with one address and port, so with one session. */
public final class UdpClient implements AutoCloseable {
  private final DatagramSocket socket;

  private UdpClient(DatagramSocket socket) {
    this.socket = socket;
  }

  /** A client. */
  public static UdpClient to(IpAddress address, int port) throws IOException {
    return from("0.0.0.0", address, port);
  }

  /** A client with an address of its own. */
  public static UdpClient from(String own, IpAddress address, int port) throws IOException {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress(own, 0));
    socket.connect(new InetSocketAddress(address.text(), port));
    socket.setSoTimeout(2000);
    return new UdpClient(socket);
  }

  /** Who answered; {@code refused} for "port unreachable", {@code silence} for none. */
  public String ask() throws IOException {
    byte[] question = "?".getBytes(StandardCharsets.UTF_8);
    byte[] buffer = new byte[2000];
    DatagramPacket answer = new DatagramPacket(buffer, buffer.length);
    try {
      socket.send(new DatagramPacket(question, question.length));
      socket.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
    } catch (PortUnreachableException e) {
      return "refused";
    } catch (SocketTimeoutException e) {
      return "silence";
    } catch (IOException e) {
      if ("Operation not permitted".equals(e.getMessage())) return "not permitted";
      throw e;
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
