package dev.poise.agent.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An HTTP client that forgives nothing: what a browser would repeat silently is an error here.
 * Keeps its connection until the answer says that it closes.
 */
public final class Http implements AutoCloseable {
  private final InetSocketAddress target;
  private Socket socket = new Socket();
  private BufferedReader reader = new BufferedReader(BufferedReader.nullReader());

  /** A client of one address. */
  public Http(dev.poise.spec.IpAddress address, int port) {
    target = new InetSocketAddress(address.text(), port);
  }

  /** An answer. */
  public record Answer(int status, String body) {}

  /** One request on a connection of its own. */
  public static Answer get(dev.poise.spec.IpAddress address, int port) throws IOException {
    try (Http http = new Http(address, port)) {
      return http.get("");
    }
  }

  /** One request. */
  public Answer get(String extraHeaders) throws IOException {
    return ask("GET / HTTP/1.1\r\nHost: shop.test\r\n" + extraHeaders + "\r\n");
  }

  /** One request, as it stands on the wire. */
  public Answer ask(String request) throws IOException {
    if (!socket.isConnected() || socket.isClosed()) connect();
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return read();
  }

  private void connect() throws IOException {
    socket = new Socket();
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    socket.connect(target, 5000);
    reader =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
  }

  private Answer read() throws IOException {
    String status = line();
    int length = 0;
    boolean close = false;
    for (String line = line(); !line.isEmpty(); line = line()) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:"))
        length = Integer.parseInt(header.substring(15).strip());
      if (header.equals("connection: close")) close = true;
    }
    char[] body = new char[length];
    int read = 0;
    while (read < length) {
      int more = reader.read(body, read, length - read);
      if (more < 0) throw new IOException("closed within a body");
      read += more;
    }
    if (close) socket.close();
    return new Answer(Integer.parseInt(status.split(" ", -1)[1]), new String(body));
  }

  private String line() throws IOException {
    String line = reader.readLine();
    if (line == null) throw new IOException("closed without an answer");
    return line;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
