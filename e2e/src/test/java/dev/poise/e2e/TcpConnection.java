package dev.poise.e2e;

import dev.poise.standalone.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One client connection to a {@link TcpBackend}. */
final class TcpConnection implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final BufferedReader in;

  private TcpConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  static TcpConnection open(InetSocketAddress target) throws IOException {
    return open(target, "127.0.0.1");
  }

  /** From this source address. */
  static TcpConnection open(InetSocketAddress target, String source) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.bind(Ports.endpoint(source, 0));
      socket.connect(target, PATIENCE_MILLIS);
      return new TcpConnection(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends a line and returns the name of the backend that answered it. */
  String ask(String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    String answer = in.readLine();
    if (answer == null) throw new IOException("closed without an answer");
    if (!answer.endsWith(" " + line)) throw new IOException("another answer: " + answer);
    return answer.substring(0, answer.length() - line.length() - 1);
  }

  /** Whether the connection is of use still. */
  boolean lives() {
    try {
      return !ask("alive?").isEmpty();
    } catch (IOException dead) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException nothingToDo) {
      // It is being thrown away.
    }
  }
}
