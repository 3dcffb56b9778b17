package dev.poise.server.app;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.identity.ApiKeys;
import dev.poise.server.platform.Problem;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Secret;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who may reach what. Two kinds of callers, each with keys of its own kind: people and programs
 * under {@code /api}, agents under {@code /agent}. Everything else that is not documentation is
 * closed.
 */
@Configuration(proxyBeanMethods = false)
class Security {
  private static final String[] OPEN = {
    "/",
    "/docs",
    "/docs/**",
    "/swagger-ui/**",
    "/webjars/**",
    "/problems",
    "/problems/**",
    "/health",
    "/error",
    "/api/v1/openapi.json",
    "/api/v1/openapi.json/**",
    "/favicon.ico"
  };

  @Bean
  @Order(1)
  SecurityFilterChain agents(HttpSecurity http, Clusters clusters, JsonMapper json) {
    return closed(http.securityMatcher("/agent/**"), json)
        .addFilterBefore(
            new BearerFilter((key, _) -> clusters.authenticate(key), json),
            AuthorizationFilter.class)
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain api(HttpSecurity http, ApiKeys keys, JsonMapper json) {
    return closed(http, json)
        .addFilterBefore(
            new BearerFilter(
                (key, request) -> keys.authenticate(key, request.getRemoteAddr(), requestId()),
                json),
            AuthorizationFilter.class)
        .authorizeHttpRequests(
            requests -> requests.requestMatchers(OPEN).permitAll().anyRequest().authenticated())
        .build();
  }

  /** There are no passwords yet; without this, one would be generated. */
  @Bean
  UserDetailsService nobody() {
    return name -> {
      throw new UsernameNotFoundException(name);
    };
  }

  private static HttpSecurity closed(HttpSecurity http, JsonMapper json) {
    return http.sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        // A key is sent deliberately, never by a browser on its own: there is nothing to forge.
        .csrf(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .anonymous(anonymous -> {})
        .exceptionHandling(handling ->
            handling
                .authenticationEntryPoint((_, response, _) ->
                    write(
                        response,
                        json,
                        Problem.of(
                            ProblemType.UNAUTHENTICATED,
                            "Send a valid API key as Authorization: Bearer <key>.")))
                .accessDeniedHandler((_, response, _) ->
                    write(
                        response,
                        json,
                        Problem.of(ProblemType.FORBIDDEN, "The key does not allow this."))));
  }

  private static String requestId() {
    return Optional.ofNullable(org.slf4j.MDC.get("requestId")).orElse("");
  }

  private static void write(HttpServletResponse response, JsonMapper json, Problem problem)
      throws IOException {
    response.setStatus(problem.status());
    if (problem.status() == 401) response.setHeader("WWW-Authenticate", "Bearer");
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.getOutputStream().write(json.writeValueAsBytes(problem));
  }

  /**
   * Finds out who holds the key of a request. A key that nobody holds is refused even where none is
   * needed.
   */
  private static final class BearerFilter extends OncePerRequestFilter {
    private static final String SCHEME = "Bearer ";

    private final BiFunction<Secret, HttpServletRequest, Optional<?>> holder;
    private final JsonMapper json;

    BearerFilter(BiFunction<Secret, HttpServletRequest, Optional<?>> holder, JsonMapper json) {
      this.holder = holder;
      this.json = json;
    }

    @Override
    protected void doFilterInternal(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws ServletException, IOException {
      @Nullable String header = request.getHeader("Authorization");
      if (header == null) {
        chain.doFilter(request, response);
        return;
      }
      Optional<?> principal;
      try {
        principal =
            header.startsWith(SCHEME)
                ? holder.apply(new Secret(header.substring(SCHEME.length()).strip()), request)
                : Optional.empty();
      } catch (DataAccessException | org.springframework.transaction.TransactionException _) {
        write(
            response,
            json,
            Problem.of(
                ProblemType.UNAVAILABLE,
                "The database does not answer. Load balancers keep serving; try again."));
        return;
      }
      if (principal.isEmpty()) {
        write(response, json, Problem.of(ProblemType.UNAUTHENTICATED, "The API key is not valid."));
        return;
      }
      var context = SecurityContextHolder.createEmptyContext();
      context.setAuthentication(
          UsernamePasswordAuthenticationToken.authenticated(
              principal.get(), null, java.util.List.of()));
      SecurityContextHolder.setContext(context);
      chain.doFilter(request, response);
    }
  }
}
