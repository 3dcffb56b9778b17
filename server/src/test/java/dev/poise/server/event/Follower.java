package dev.poise.server.event;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a stream of events as a browser does. */
public final class Follower implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int PATIENCE_SECONDS = 30;

  private final HttpResponse<InputStream> response;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

  /** What came: an event, or the end of the stream as one of the type {@code end}. */
  public record Received(String type, String id, JsonNode data) {
    public String text(String field) {
      return data.at("/" + field).asString("");
    }
  }

  public Follower(URI uri, String key, @Nullable String lastEventId) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Authorization", "Bearer " + key)
            .header("Accept", "text/event-stream");
    if (lastEventId != null) request.header("Last-Event-ID", lastEventId);
    try {
      response = HTTP.send(request.build(), BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Thread.ofVirtual().start(this::read);
  }

  int status() {
    return response.statusCode();
  }

  private void read() {
    String type = "message";
    String id = "";
    String data = "";
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) type = line.substring(7);
        if (line.startsWith("id: ")) id = line.substring(4);
        if (line.startsWith("data: ")) data = line.substring(6);
        if (!line.isEmpty() || data.isEmpty()) continue;
        received.add(new Received(type, id, JsonMapper.shared().readTree(data)));
        type = "message";
        data = "";
      }
    } catch (IOException _) {
      // The end, like any other.
    }
    received.add(new Received("end", id, JsonMapper.shared().createObjectNode()));
  }

  /** The next event. */
  public Received next() {
    try {
      Received next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) throw new AssertionError("no event came");
      return next;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The events up to the first about that thing, which is the last of them. */
  public List<Received> until(String resourceId) {
    List<Received> all = new ArrayList<>();
    do {
      all.add(next());
      if (all.getLast().type().equals("end")) throw new AssertionError("the stream ended: " + all);
    } while (!all.getLast().text("resourceId").equals(resourceId));
    return all;
  }

  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
