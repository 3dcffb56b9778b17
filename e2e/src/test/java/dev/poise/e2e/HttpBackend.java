package dev.poise.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A web server that answers its name and, below it, the request head it saw. {@code /healthz…} is
 * for checks; {@code /hold} is answered when {@link #release} is called.
 */
final class HttpBackend extends Backend {
  static final int PORT = 8080;

  private static final String SICK = response("503 Service Unavailable", "sick");

  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger checks = new AtomicInteger();
  private final AtomicInteger held = new AtomicInteger();
  private volatile CountDownLatch gate = new CountDownLatch(1);
  private volatile String checkStatus = "200 OK";
  private volatile String lastCheck = "";
  private volatile boolean requestsFail;

  HttpBackend(String name, String address) {
    super(name, address, PORT);
  }

  /** Requests answered or held since the beginning, checks left out. */
  int requests() {
    return requests.get();
  }

  int checks() {
    return checks.get();
  }

  /** Requests that wait for {@link #release} now. */
  int held() {
    return held.get();
  }

  /** Whether checks are answered 503. */
  void failChecks(boolean fail) {
    answerChecks(fail ? "503 Service Unavailable" : "200 OK");
  }

  /** What checks are answered, such as {@code 204 No Content}. */
  void answerChecks(String status) {
    checkStatus = status;
  }

  /** The request head of the last check; empty before the first. */
  String lastCheck() {
    return lastCheck;
  }

  /** Whether requests are answered 503. */
  void failRequests(boolean fail) {
    requestsFail = fail;
  }

  /** Answers what is held. */
  void release() {
    CountDownLatch old = gate;
    gate = new CountDownLatch(1);
    old.countDown();
  }

  @Override
  void serve(Socket connection) throws IOException {
    InputStream in = connection.getInputStream();
    while (true) {
      String head = HttpText.readHead(in);
      if (head.isEmpty()) return;
      String path = head.split(" ", 3)[1];
      String answer = path.startsWith("/healthz") ? check(head) : answer(path, head);
      boolean last =
          head.contains(" HTTP/1.0\r\n") || HttpText.header(head, "connection").equals("close");
      if (last) answer = answer.replaceFirst("\r\n", "\r\nConnection: close\r\n");
      connection.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
      if (last) return;
    }
  }

  private String check(String head) {
    lastCheck = head;
    checks.incrementAndGet();
    return response(checkStatus, head.startsWith("HEAD ") ? "" : "checked");
  }

  private String answer(String path, String head) {
    requests.incrementAndGet();
    if (requestsFail) return SICK;
    if (path.startsWith("/hold")) hold();
    return response("200 OK", name() + "\n" + head);
  }

  private void hold() {
    held.incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      held.decrementAndGet();
    }
  }

  private static String response(String status, String body) {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }
}
