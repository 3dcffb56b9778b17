package dev.poise.e2e;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a PROXY protocol header of either version, written after its specification, and answers
 * {@code version address port} of the client it names. A connection without one is closed.
 */
final class ProxiedBackend extends Backend {
  static final int PORT = 9001;

  private static final byte[] SIGNATURE =
      "\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.US_ASCII);
  private static final int PROXY_COMMAND = 0x21;
  private static final int TCP_OVER_IPV4 = 0x11;

  ProxiedBackend(String name, String address) {
    super(name, address, PORT);
  }

  @Override
  void serve(Socket connection) throws IOException {
    DataInputStream in = new DataInputStream(connection.getInputStream());
    // Either version has at least these many bytes.
    byte[] first = in.readNBytes(SIGNATURE.length);
    if (first.length < SIGNATURE.length) return;
    String client = Arrays.equals(first, SIGNATURE) ? binary(in) : text(first, in);
    connection.getOutputStream().write((client + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static String binary(DataInputStream in) throws IOException {
    int command = in.readUnsignedByte();
    int family = in.readUnsignedByte();
    byte[] addresses = in.readNBytes(in.readUnsignedShort());
    if (command != PROXY_COMMAND || family != TCP_OVER_IPV4) {
      return "other " + command + " " + family;
    }
    InetAddress source = InetAddress.getByAddress(Arrays.copyOf(addresses, 4));
    int port = Byte.toUnsignedInt(addresses[8]) << 8 | Byte.toUnsignedInt(addresses[9]);
    return "v2 " + source.getHostAddress() + " " + port;
  }

  private static String text(byte[] first, DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder(new String(first, StandardCharsets.US_ASCII));
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read())
      line.append((char) next);
    String[] words = line.toString().strip().split(" ", -1);
    if (words.length != 6 || !words[0].equals("PROXY")) return "other " + line;
    return "v1 " + words[2] + " " + words[4];
  }
}
