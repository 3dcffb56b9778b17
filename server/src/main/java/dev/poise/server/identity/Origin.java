package dev.poise.server.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.slf4j.MDC;

/** Where a request comes from. */
public record Origin(String address, String userAgent, String requestId) {
  private static final int LONGEST = 255;

  /** The origin of the request that this thread serves. */
  public static Origin of(HttpServletRequest request) {
    String agent =
        Objects.requireNonNullElse(request.getHeader("User-Agent"), "")
            .replaceAll("[\\p{Cntrl}]", " ");
    return new Origin(
        request.getRemoteAddr(),
        agent.length() > LONGEST ? agent.substring(0, LONGEST) : agent,
        Objects.requireNonNullElse(MDC.get("requestId"), ""));
  }
}
