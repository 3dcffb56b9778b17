package dev.poise.agent.support;

import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A member that answers each datagram that is not empty with its name. */
public final class UdpBackend implements AutoCloseable {
  private final IpAddress address;
  private final String name;
  private final DatagramSocket socket;
  private final AtomicInteger received = new AtomicInteger();
  private volatile String lastClient = "";

  private UdpBackend(IpAddress address, int port, String name) throws IOException {
    this.address = address;
    this.name = name;
    socket = new DatagramSocket(new InetSocketAddress(address.text(), port));
    Thread.ofVirtual().start(this::serve);
  }

  /** A member at an address of its own. */
  public static UdpBackend start(String name) throws IOException {
    return new UdpBackend(Loopback.next(), 0, name);
  }

  /** A member at that place. */
  public static UdpBackend startAt(IpAddress address, int port, String name) throws IOException {
    return new UdpBackend(address, port, name);
  }

  private void serve() {
    byte[] buffer = new byte[2000];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        if (packet.getLength() == 0) continue;
        received.incrementAndGet();
        lastClient = packet.getAddress().getHostAddress();
        byte[] answer = name.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // Closed, or a client that is gone.
      }
    }
  }

  /** Where it is. */
  public IpAddress address() {
    return address;
  }

  /** Where it is. */
  public int port() {
    return socket.getLocalPort();
  }

  /** How many datagrams came that were no checks. */
  public int received() {
    return received.get();
  }

  /** Whom it saw last. */
  public String lastClient() {
    return lastClient;
  }

  @Override
  public void close() {
    socket.close();
  }
}
