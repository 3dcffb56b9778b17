package dev.poise.e2e;

import dev.poise.standalone.Ports;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One client connection. Nothing is retried: a connection that breaks between or within requests is
 * an error the test sees.
 */
final class HttpConnection implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;

  private HttpConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static HttpConnection open(InetSocketAddress target) throws IOException {
    return open(target, "127.0.0.1");
  }

  /** From this source address. */
  static HttpConnection open(InetSocketAddress target, String source) throws IOException {
    return new HttpConnection(connect(target, source));
  }

  /** On a socket that is connected, such as one of TLS. */
  static HttpConnection over(Socket socket) throws IOException {
    return new HttpConnection(socket);
  }

  /** A socket that gives up after a while, as every client should. */
  static Socket connect(InetSocketAddress target, String source) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.bind(Ports.endpoint(source, 0));
      socket.connect(target, PATIENCE_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * An answer.
   *
   * @param last whether the server closes the connection behind it
   */
  record Response(int status, String head, String body, boolean last) {
    /** The value of a header as it was sent; empty text if absent. */
    String header(String name) {
      return head.lines()
          .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse("");
    }

    /** The first line: a backend's name. */
    String backend() {
      return body.lines().findFirst().orElse("");
    }
  }

  /** Sends a request and reads the answer. */
  Response get(String path, String... headers) throws IOException {
    return getFrom("e2e", path, headers);
  }

  /** Sends a request to this host and reads the answer. */
  Response getFrom(String host, String path, String... headers) throws IOException {
    StringBuilder request =
        new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n");
    for (String header : headers) request.append(header).append("\r\n");
    socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    String head = HttpText.readHead(in);
    if (head.isEmpty()) throw new IOException("closed without an answer");
    int status = Integer.parseInt(head.split(" ", 3)[1]);
    boolean last = HttpText.header(head, "connection").equals("close");
    return new Response(status, head, body(head), last);
  }

  private String body(String head) throws IOException {
    String length = HttpText.header(head, "content-length");
    if (length.isEmpty()) return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    byte[] body = in.readNBytes(Integer.parseInt(length));
    if (body.length < Integer.parseInt(length)) throw new IOException("closed within a body");
    return new String(body, StandardCharsets.ISO_8859_1);
  }

  /** One request on a connection of its own. */
  static Response once(InetSocketAddress target, String source, String path) throws IOException {
    try (HttpConnection connection = open(target, source)) {
      return connection.get(path, "Connection: close");
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
