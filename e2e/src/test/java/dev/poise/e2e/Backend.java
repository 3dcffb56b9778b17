package dev.poise.e2e;

import dev.poise.standalone.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server to balance on, on an address of its own, so that nobody takes its port while it is dead.
 * It can be killed, which cuts its connections as a crash does, and revived.
 */
abstract class Backend implements Destination, AutoCloseable {
  private final String name;
  private final String address;
  private final int port;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile ServerSocket listening;

  Backend(String name, String address, int port) {
    this.name = name;
    this.address = address;
    this.port = port;
    this.listening = listen();
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String address() {
    return address;
  }

  @Override
  public final int port() {
    return port;
  }

  /** Connections since the beginning, those of health checks included. */
  final int accepted() {
    return accepted.get();
  }

  /** Connections that are open now. */
  final int open() {
    return connections.size();
  }

  /** Serves one connection until it ends. */
  abstract void serve(Socket connection) throws IOException;

  /** Ends like a process that was killed: nothing listens, and clients see a reset. */
  final void kill() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    connections.forEach(Backend::reset);
  }

  private static void reset(Socket connection) {
    try {
      connection.setSoLinger(true, 0);
      connection.close();
    } catch (IOException closedAlready) {
      // The client was quicker.
    }
  }

  /** Listens again where it did before. */
  final void revive() {
    listening = listen();
  }

  @Override
  public void close() {
    kill();
  }

  private ServerSocket listen() {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      InetSocketAddress place = Ports.endpoint(address, port);
      socket.bind(place, 512);
      Thread.ofVirtual().name(name).start(() -> accept(socket));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException("backend " + name + " on " + address + ":" + port, e);
    }
  }

  private void accept(ServerSocket socket) {
    while (true) {
      try {
        Socket connection = socket.accept();
        accepted.incrementAndGet();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serveAndForget(connection));
      } catch (IOException killed) {
        return;
      }
    }
  }

  private void serveAndForget(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      serve(connection);
    } catch (IOException clientIsGone) {
      // Clients and checks may leave whenever they like.
    } finally {
      connections.remove(connection);
    }
  }

  @Override
  public final String toString() {
    return name + "@" + address + ":" + port;
  }
}
