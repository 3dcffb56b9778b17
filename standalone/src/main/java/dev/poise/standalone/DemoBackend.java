package dev.poise.standalone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/**
 * A web server to balance on: says its name and which headers reached it.
 *
 * @param name a colour
 */
record DemoBackend(String name, int port) {
  static final String ADDRESS = "127.0.0.1";

  /** Serves until the launcher ends. */
  void start() {
    try {
      HttpServer server = HttpServer.create(Ports.endpoint(ADDRESS, port), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", exchange -> answer(exchange, hello(exchange)));
      server.createContext("/healthz", exchange -> answer(exchange, "ok\n"));
      server.start();
    } catch (IOException taken) {
      throw new CannotStart(
          """
          Port %d on %s, which the demo's backend %s needs, is taken by another program.
          Stop that program, or start without the demo: ./poise up --no-demo\
          """
              .formatted(port, ADDRESS, name),
          taken);
    }
  }

  private String hello(HttpExchange exchange) {
    StringBuilder text = new StringBuilder("hello from " + name + "\n\n");
    text.append(exchange.getRequestMethod()).append(' ').append(exchange.getRequestURI());
    text.append('\n');
    new TreeMap<>(exchange.getRequestHeaders())
        .forEach((header, values) ->
            values.forEach(value -> text.append("%s: %s%n".formatted(header, value))));
    return text.toString();
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      boolean withoutBody = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(200, withoutBody ? -1 : body.length);
      if (!withoutBody) exchange.getResponseBody().write(body);
    }
  }
}
