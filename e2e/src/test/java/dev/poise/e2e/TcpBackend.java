package dev.poise.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers each line with its name and the line. */
final class TcpBackend extends Backend {
  static final int PORT = 9000;

  TcpBackend(String name, String address) {
    super(name, address, PORT);
  }

  @Override
  void serve(Socket connection) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String answer = name() + " " + line + "\n";
      connection.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }
  }
}
