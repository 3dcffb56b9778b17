package dev.poise.server.app;

import static dev.poise.server.app.CallerFilter.write;

import dev.poise.server.platform.Problem;
import dev.poise.server.platform.ProblemType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is for agents exists on their port and nothing else does; on the other port it is the other
 * way around. So a firewall can tell people from nodes, and node keys never go over a connection
 * that is not the pinned one. It comes after {@link Security}: on the API's port such a path is
 * refused like any other that there is not.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
final class AgentDoor extends OncePerRequestFilter {
  private static final RequestMatcher FOR_AGENTS =
      new OrRequestMatcher(
          PathPatternRequestMatcher.pathPattern("/agent/**"),
          PathPatternRequestMatcher.pathPattern("/install/**"));

  private final JsonMapper json;

  AgentDoor(JsonMapper json) {
    this.json = json;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (AgentPort.isEntranceOf(request) == FOR_AGENTS.matches(request)) {
      chain.doFilter(request, response);
    } else {
      write(response, json, Problem.of(ProblemType.NOT_FOUND, "There is nothing at this address."));
    }
  }
}
