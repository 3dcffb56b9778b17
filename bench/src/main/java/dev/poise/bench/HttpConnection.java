package dev.poise.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * One client connection, cheap enough to ask a thousand times a second. Nothing is retried: what
 * breaks is seen.
 */
final class HttpConnection implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 5_000;
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: bench\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final Socket socket;
  private final InputStream in;
  private final byte[] buffer = new byte[8192];
  private int filled;

  private HttpConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  static HttpConnection open(InetSocketAddress target) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(target, PATIENCE_MILLIS);
      return new HttpConnection(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * An answer.
   *
   * @param last whether the other side closes the connection behind it
   */
  record Answer(int status, String body, boolean last) {}

  /** Sends a request and reads the answer. */
  Answer get() throws IOException {
    filled = 0;
    socket.getOutputStream().write(REQUEST);
    int headLength = readHead();
    String head = text(0, headLength);
    int length = Integer.parseInt(header(head, "content-length"));
    while (filled < headLength + length) fill();
    return new Answer(
        Integer.parseInt(head.substring(9, 12)),
        text(headLength, length),
        header(head, "connection").equals("close"));
  }

  private int readHead() throws IOException {
    for (int end = 0; ; end++) {
      while (end + 4 > filled) fill();
      if (Arrays.equals(buffer, end, end + 4, REQUEST, REQUEST.length - 4, REQUEST.length)) {
        return end + 4;
      }
    }
  }

  private void fill() throws IOException {
    int read = in.read(buffer, filled, buffer.length - filled);
    if (read < 0) throw new IOException("closed within an answer");
    if (read == 0) throw new IOException("an answer is longer than " + buffer.length + " bytes");
    filled += read;
  }

  private String text(int from, int length) {
    return new String(buffer, from, length, StandardCharsets.ISO_8859_1);
  }

  private static String header(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
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
