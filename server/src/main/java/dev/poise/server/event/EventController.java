package dev.poise.server.event;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The stream of events over HTTP. */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Events")
final class EventController {
  private final EventStreams streams;

  EventController(EventStreams streams) {
    this.streams = streams;
  }

  @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  @Operation(
      summary = "Follow what changes",
      description =
          "Server-sent events of the tenant: every change, and every change of state or health that"
              + " nodes bring about. The data of each is an Event. Send the id of the last one as"
              + " Last-Event-ID to go on behind it; without it the stream begins now. An event"
              + " `ready` comes first; an event `reset` comes instead if what is missing is not"
              + " kept any more: read anew what you show. What a part of a load balancer is deleted"
              + " with has no event of its own. A load balancer has two of type DELETED: when its"
              + " deletion begins and when it is gone. A comment comes every 15 seconds. A stream"
              + " ends after a while; connect again.",
      operationId = "followEvents")
  @ApiResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
              schema = @Schema(implementation = Event.class)))
  void follow(
      Caller caller,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
      HttpServletResponse response)
      throws IOException {
    Optional<Long> last = Optional.ofNullable(lastEventId).map(EventController::number);
    streams.follow(caller, last, response);
  }

  private static long number(String text) {
    if (text.matches("\\d{1,18}")) return Long.parseLong(text);
    throw new Refusal.Unreadable(
        ProblemType.BAD_REQUEST, "Last-Event-ID is the id of an event, a number.");
  }
}
