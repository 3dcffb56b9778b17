package dev.poise.e2e;

import dev.poise.standalone.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers every datagram with its own name and what it got, such as {@code left: hello}; an empty
 * one, such as a health check, is passed over in silence. It can be killed and revived.
 */
final class UdpBackend implements Destination, AutoCloseable {
  private static final int PORT = 5300;

  private final String name;
  private final String address;
  private final Set<InetSocketAddress> clients = ConcurrentHashMap.newKeySet();
  private volatile DatagramSocket socket;

  UdpBackend(String name, String address) {
    this.name = name;
    this.address = address;
    this.socket = listen();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public int port() {
    return PORT;
  }

  /** Those that ever sent it something. */
  Set<InetSocketAddress> clients() {
    return clients;
  }

  /** Nothing listens any more: the kernel answers "port unreachable". */
  void kill() {
    socket.close();
  }

  void revive() {
    socket = listen();
  }

  @Override
  public void close() {
    kill();
  }

  private DatagramSocket listen() {
    try {
      DatagramSocket bound = new DatagramSocket(Ports.endpoint(address, PORT));
      Thread.ofPlatform().daemon().name(name).start(() -> serve(bound));
      return bound;
    } catch (IOException e) {
      throw new UncheckedIOException("backend " + name + " on " + address, e);
    }
  }

  private void serve(DatagramSocket bound) {
    byte[] buffer = new byte[2048];
    while (true) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        bound.receive(packet);
        if (packet.getLength() == 0) continue;
        clients.add((InetSocketAddress) packet.getSocketAddress());
        String said = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        byte[] answer = (name + ": " + said).getBytes(StandardCharsets.UTF_8);
        bound.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException killed) {
        if (bound.isClosed()) return;
      }
    }
  }

  @Override
  public String toString() {
    return name + "@" + address + ":" + PORT;
  }
}
