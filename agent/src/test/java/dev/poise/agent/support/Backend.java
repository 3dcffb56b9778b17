package dev.poise.agent.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A member that serves HTTP and tells its name. Requests below {@code /check} are not counted. */
public final class Backend implements AutoCloseable {
  private final IpAddress address;
  private final String name;
  private final AtomicInteger requests = new AtomicInteger();
  private final HttpServer server;
  private volatile int checkStatus = 200;
  private volatile String lastHeaders = "";
  private volatile String lastCheckedHost = "";

  private Backend(IpAddress address, int port, String name) throws IOException {
    this.address = address;
    this.name = name;
    server = HttpServer.create(new InetSocketAddress(address.text(), port), 1000);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.createContext("/check", this::check);
    server.start();
  }

  /** A member at an address of its own. */
  public static Backend start(String name) throws IOException {
    return new Backend(Loopback.next(), 0, name);
  }

  /** A member at that place. */
  public static Backend startAt(IpAddress address, int port, String name) throws IOException {
    return new Backend(address, port, name);
  }

  private void serve(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    lastHeaders = exchange.getRequestHeaders().entrySet().toString();
    answer(exchange, 200, name);
  }

  private void check(HttpExchange exchange) throws IOException {
    lastCheckedHost = exchange.getRequestHeaders().getFirst("Host");
    answer(exchange, checkStatus, "check");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** What checks get from now on. */
  public void checkStatus(int status) {
    checkStatus = status;
  }

  /** How many requests came that were no checks. */
  public int requests() {
    return requests.get();
  }

  /** The headers of the last request. */
  public String lastHeaders() {
    return lastHeaders;
  }

  /** The Host header of the last check. */
  public String lastCheckedHost() {
    return lastCheckedHost;
  }

  /** Where it is. */
  public IpAddress address() {
    return address;
  }

  /** Where it is. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
