package dev.poise.e2e;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Greets its WebSocket clients and sends every message back; as much of RFC 6455 as short messages
 * need.
 */
final class WebSocketBackend extends Backend {
  static final int PORT = 8081;
  static final String GREETING = "welcome";

  private static final int WHOLE_TEXT = 0x81;

  private static final String RFC_6455 = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  WebSocketBackend(String name, String address) {
    super(name, address, PORT);
  }

  @Override
  void serve(Socket connection) throws IOException {
    DataInputStream in = new DataInputStream(connection.getInputStream());
    String head = HttpText.readHead(in);
    String key =
        head.lines()
            .filter(line -> line.regionMatches(true, 0, "sec-websocket-key:", 0, 18))
            .map(line -> line.substring(18).strip())
            .findFirst()
            .orElse("");
    if (key.isEmpty()) return;
    String answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(key)
            + "\r\n\r\n";
    connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    byte[] greeting = GREETING.getBytes(StandardCharsets.US_ASCII);
    connection.getOutputStream().write(frame(WHOLE_TEXT, greeting));
    while (true) echo(in, connection.getOutputStream());
  }

  private static void echo(DataInputStream in, OutputStream out) throws IOException {
    int kind = in.readUnsignedByte();
    int length = in.readUnsignedByte() & 0x7f;
    if (length > 125) throw new IOException("too long for these tests");
    byte[] mask = in.readNBytes(4);
    byte[] message = in.readNBytes(length);
    for (int i = 0; i < length; i++) message[i] ^= mask[i % 4];
    out.write(frame(kind, message));
  }

  private static byte[] frame(int kind, byte[] message) {
    byte[] frame = new byte[2 + message.length];
    frame[0] = (byte) kind;
    frame[1] = (byte) message.length;
    System.arraycopy(message, 0, frame, 2, message.length);
    return frame;
  }

  private static String accept(String key) {
    try {
      byte[] text = (key + RFC_6455).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
