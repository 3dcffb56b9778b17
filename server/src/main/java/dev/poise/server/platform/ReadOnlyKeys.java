package dev.poise.server.platform;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Set;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Keeps keys that may only read from changing anything.
 *
 * <p>A key like that may GET, ask questions that come as a POST, and try out a change. A change is
 * known by its {@link Mutation}, and {@link RequestArguments} gives none to such a key but for a
 * dry run. What is neither is refused, so a new address that forgets to take a mutation is closed,
 * not open.
 */
final class ReadOnlyKeys implements HandlerInterceptor {
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> QUESTIONS = Set.of(":explain", ":parse", ":test", ":query");

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (request.getDispatcherType() == DispatcherType.ERROR) return true;
    if (READING.contains(request.getMethod())) return true;
    if (!mayOnlyRead() || takesMutation(handler)) return true;
    if (QUESTIONS.stream().noneMatch(request.getRequestURI()::endsWith)) throw refused();
    return true;
  }

  static Refusal refused() {
    return new Refusal.Forbidden("This key may only read. Use one with the scope FULL.");
  }

  private static boolean mayOnlyRead() {
    Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
    return authentication != null
        && authentication.getPrincipal() instanceof Caller caller
        && caller.scope() == Caller.Scope.READ_ONLY;
  }

  private static boolean takesMutation(Object handler) {
    return handler instanceof HandlerMethod method
        && Arrays.stream(method.getMethodParameters())
            .anyMatch(parameter -> parameter.getParameterType() == Mutation.class);
  }
}
