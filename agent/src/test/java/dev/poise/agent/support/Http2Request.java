package dev.poise.agent.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A request over HTTP/2 as no well-behaved client sends it: its fields go on the wire as they are,
 * those with a colon in front of their name included (RFC 9113, RFC 7541).
 */
public final class Http2Request {
  private static final byte HEADERS = 1;
  private static final byte RST_STREAM = 3;
  private static final byte SETTINGS = 4;
  private static final byte GOAWAY = 7;
  private static final byte END_OF_STREAM_AND_HEADERS = 5;

  /** The statuses that have a number of their own, from 8 on (RFC 7541, appendix A). */
  private static final List<Integer> NUMBERED = List.of(200, 204, 206, 304, 400, 404, 500);

  private Http2Request() {}

  /** A name and its value. */
  public record Field(String name, String value) {}

  /** What becomes of a request. */
  public sealed interface Outcome {}

  /** It is answered. */
  public record Answered(int status) implements Outcome {}

  /** Its stream, or the connection, is given up. */
  public record Reset() implements Outcome {}

  /** Sends one request on a connection that nothing was said on yet. */
  public static Outcome send(SSLSocket socket, List<Field> fields) throws IOException {
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    if (!socket.getApplicationProtocol().equals("h2")) throw new ProtocolException("no HTTP/2");
    OutputStream out = socket.getOutputStream();
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    out.write(frame(SETTINGS, 0, 0, new byte[0]));
    out.write(frame(HEADERS, END_OF_STREAM_AND_HEADERS, 1, block(fields)));
    return outcome(new DataInputStream(socket.getInputStream()));
  }

  private static byte[] frame(int type, int flags, int stream, byte[] content) {
    return ByteBuffer.allocate(9 + content.length)
        .putInt(content.length << 8 | type)
        .put((byte) flags)
        .putInt(stream)
        .put(content)
        .array();
  }

  /** Literals that nobody has to remember, not compressed. */
  private static byte[] block(List<Field> fields) {
    ByteBuffer block = ByteBuffer.allocate(4096);
    for (Field field : fields) {
      block.put((byte) 0);
      literal(block, field.name());
      literal(block, field.value());
    }
    return Arrays.copyOf(block.array(), block.position());
  }

  private static void literal(ByteBuffer block, String text) {
    if (text.length() > 126) throw new IllegalArgumentException("too long for one byte: " + text);
    block.put((byte) text.length()).put(text.getBytes(ISO_8859_1));
  }

  private static Outcome outcome(DataInputStream in) throws IOException {
    while (true) {
      int lengthAndType = in.readInt();
      in.readByte();
      in.readInt();
      byte[] content = in.readNBytes(lengthAndType >>> 8);
      switch (lengthAndType & 0xFF) {
        case HEADERS -> {
          return new Answered(status(content));
        }
        case RST_STREAM, GOAWAY -> {
          return new Reset();
        }
        default -> {}
      }
    }
  }

  /** The first field of an answer is its status: by number, or in figures behind their length. */
  private static int status(byte[] block) throws ProtocolException {
    int first = block[0] & 0xFF;
    if (first > 0x87 && first < 0x88 + NUMBERED.size()) return NUMBERED.get(first - 0x88);
    if (block[1] != 3) throw new ProtocolException("a status this does not understand");
    return Integer.parseInt(new String(block, 2, 3, US_ASCII));
  }
}
