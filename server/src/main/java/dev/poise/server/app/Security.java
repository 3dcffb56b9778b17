package dev.poise.server.app;

import static dev.poise.server.app.CallerFilter.write;

import dev.poise.server.fleet.Agents;
import dev.poise.server.identity.Callers;
import dev.poise.server.platform.Problem;
import dev.poise.server.platform.ProblemType;
import dev.poise.spec.AgentApi;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who may reach what. Agents through a port of their own, see {@link AgentDoor}, with keys of their
 * own kind; people and programs under {@code /api} with an API key, or with the session that a
 * browser has after signing in. Everything else that is not documentation is closed, and to the
 * pages of other sites all of it is.
 *
 * <p>Spring Security's own sessions and its protection of forms are off: a session of ours is a row
 * that every server process sees, and what protects its changes is bound to it, see {@link
 * Callers}.
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
    "/health/agents",
    "/error",
    "/api/v1/openapi.json",
    "/api/v1/openapi.json/**",
    "/api/v1/sign-in-options",
    "/favicon.ico"
  };

  /** Where one shows who one is. What a browser has from before must not stand in the way. */
  private static final RequestMatcher ENTRANCES =
      new OrRequestMatcher(
          PathPatternRequestMatcher.pathPattern(HttpMethod.POST, "/api/v1/sessions"),
          PathPatternRequestMatcher.pathPattern(HttpMethod.POST, "/api/v1/set-up"));

  @Bean
  @Order(1)
  SecurityFilterChain ofAgents(HttpSecurity http, Agents agents, JsonMapper json) {
    return closed(http.securityMatcher(AgentPort::isEntranceOf), json)
        // They are for browsers, and agents are none.
        .headers(AbstractHttpConfigurer::disable)
        .addFilterBefore(new CallerFilter(agents::of, json), AuthorizationFilter.class)
        .authorizeHttpRequests(requests ->
            requests
                .requestMatchers(HttpMethod.POST, AgentApi.JOIN)
                .permitAll()
                .requestMatchers("/agent/**")
                .authenticated()
                // There is nothing else, or it is open, see AgentDoor.
                .anyRequest()
                .permitAll())
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain api(HttpSecurity http, Callers callers, OidcSecurity oidc, JsonMapper json) {
    return oidc.addTo(closed(http, json))
        .addFilterBefore(
            new CallerFilter(
                request -> ENTRANCES.matches(request) ? Optional.empty() : callers.of(request),
                json),
            AuthorizationFilter.class)
        .authorizeHttpRequests(requests ->
            requests
                .requestMatchers(OPEN)
                .permitAll()
                .requestMatchers(ENTRANCES)
                .permitAll()
                .anyRequest()
                .authenticated())
        .build();
  }

  /** Users are ours to look up; without this, Spring would make one with a generated password. */
  @Bean
  UserDetailsService nobody() {
    return name -> {
      throw new UsernameNotFoundException(name);
    };
  }

  private static HttpSecurity closed(HttpSecurity http, JsonMapper json) {
    return http.sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
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
                            "Send a valid API key as Authorization: Bearer <key>, or sign in.")))
                .accessDeniedHandler((_, response, _) ->
                    write(
                        response,
                        json,
                        Problem.of(ProblemType.FORBIDDEN, "The key does not allow this."))));
  }
}
