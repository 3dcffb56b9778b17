package dev.poise.server.platform;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Lets a controller take a {@link Caller}, {@link Mutation} or {@link PageRequest} as an argument.
 */
@Component
final class RequestArguments implements WebMvcConfigurer, HandlerMethodArgumentResolver {
  private static final Set<Class<?>> TYPES =
      Set.of(Caller.class, Mutation.class, PageRequest.class);
  private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait=(\\d{1,4})(?:$|[,;\\s])");
  private static final int LONGEST_WAIT_SECONDS = 30;

  private final Bodies bodies;

  RequestArguments(Bodies bodies) {
    this.bodies = bodies;
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(new ReadOnlyKeys());
  }

  @Override
  public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
    builder.addCustomConverter(new BodyConverter(bodies));
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return TYPES.contains(parameter.getParameterType());
  }

  @Override
  public @Nullable Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    if (parameter.getParameterType() == Caller.class) return caller();
    if (parameter.getParameterType() == Mutation.class) return mutation(request);
    return part(parameter, servlet(request));
  }

  private static PageRequest part(MethodParameter parameter, HttpServletRequest request) {
    if (request.getAttribute(Exports.PART) instanceof PageRequest wanted) return wanted;
    ListFields fields = ListFields.of((Method) parameter.getExecutable());
    PageRequest asked = PageRequest.of(fields, request.getParameterMap());
    PageRequest part = ExportFormat.asked(request).isPresent() ? asked.longest(null) : asked;
    request.setAttribute(Exports.PART, part);
    return part;
  }

  private static HttpServletRequest servlet(NativeWebRequest request) {
    HttpServletRequest servlet = request.getNativeRequest(HttpServletRequest.class);
    if (servlet == null) throw new IllegalStateException("not a servlet request");
    return servlet;
  }

  private static Caller caller() {
    Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
    if (authentication != null && authentication.getPrincipal() instanceof Caller caller)
      return caller;
    throw new Refusal.Unauthenticated(
        "Send an API key as Authorization: Bearer <key>, or sign in.");
  }

  private static Mutation mutation(NativeWebRequest request) {
    HttpServletRequest servlet = servlet(request);
    String key = request.getHeader("Idempotency-Key");
    if (key != null && (key.isBlank() || key.length() > 255)) {
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST, "An Idempotency-Key has 1 to 255 characters.");
    }
    Caller caller = caller();
    boolean dryRun = dryRun(request.getParameter("dryRun"));
    if (caller.scope() == Caller.Scope.READ_ONLY && !dryRun) throw ReadOnlyKeys.refused();
    return new Mutation(
        caller,
        servlet.getMethod() + " " + servlet.getRequestURI(),
        new Conditions(request.getHeader("If-Match")),
        servlet.getMethod().equals("POST") ? key : null,
        dryRun,
        wait(request.getHeaderValues("Prefer")));
  }

  private static boolean dryRun(@Nullable String text) {
    return switch (text == null ? "false" : text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new Refusal.Unreadable(ProblemType.BAD_REQUEST, "dryRun must be true or false.");
    };
  }

  private static Duration wait(String @Nullable [] preferences) {
    if (preferences == null) return Duration.ZERO;
    for (String preference : preferences) {
      Matcher wait = WAIT.matcher(preference);
      if (wait.find())
        return Duration.ofSeconds(Math.min(LONGEST_WAIT_SECONDS, Integer.parseInt(wait.group(1))));
    }
    return Duration.ZERO;
  }
}
