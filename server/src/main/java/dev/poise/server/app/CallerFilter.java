package dev.poise.server.app;

import dev.poise.server.platform.Problem;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds out who makes a request. Who comes with something that opens nothing is refused even where
 * nothing is needed.
 */
final class CallerFilter extends OncePerRequestFilter {
  private final Function<HttpServletRequest, Optional<?>> callers;
  private final JsonMapper json;

  CallerFilter(Function<HttpServletRequest, Optional<?>> callers, JsonMapper json) {
    this.callers = callers;
    this.json = json;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<?> caller;
    try {
      caller = callers.apply(request);
    } catch (DataAccessException | TransactionException _) {
      write(
          response,
          json,
          Problem.of(
              ProblemType.UNAVAILABLE,
              "The database does not answer. Load balancers keep serving; try again."));
      return;
    } catch (Refusal refusal) {
      write(response, json, Problem.of(refusal.type(), refusal.detail(), refusal.faults()));
      return;
    }
    if (caller.isPresent()) {
      var context = SecurityContextHolder.createEmptyContext();
      context.setAuthentication(
          UsernamePasswordAuthenticationToken.authenticated(caller.get(), null, List.of()));
      SecurityContextHolder.setContext(context);
    }
    chain.doFilter(request, response);
  }

  static void write(HttpServletResponse response, JsonMapper json, Problem problem)
      throws IOException {
    response.setStatus(problem.status());
    if (problem.status() == 401) response.setHeader("WWW-Authenticate", "Bearer");
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.getOutputStream().write(json.writeValueAsBytes(problem));
  }
}
