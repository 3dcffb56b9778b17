package dev.poise.server.platform;

import dev.poise.spec.TypeId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives every request an id, the client's own if it is a harmless one. It is answered as {@code
 * X-Request-Id} and stands in every log line and every problem of the request.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RequestIdFilter extends OncePerRequestFilter {
  private static final String HEADER = "X-Request-Id";
  private static final String KEY = "requestId";
  private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  private final InstantSource clock;

  RequestIdFilter(InstantSource clock) {
    this.clock = clock;
  }

  /** The id of the request that this thread serves; empty outside of one. */
  static String currentId() {
    return Objects.requireNonNullElse(MDC.get(KEY), "");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String id = idOf(request.getHeader(HEADER));
    response.setHeader(HEADER, id);
    MDC.put(KEY, id);
    try {
      chain.doFilter(request, response);
    } finally {
      MDC.remove(KEY);
    }
  }

  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  private String idOf(@Nullable String given) {
    return given != null && HARMLESS.matcher(given).matches()
        ? given
        : TypeId.generate("req", clock.instant());
  }
}
