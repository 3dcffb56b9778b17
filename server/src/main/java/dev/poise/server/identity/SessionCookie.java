package dev.poise.server.identity;

import dev.poise.server.platform.Secret;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * Keeps a session's token in the browser: out of reach of scripts, not sent with what other sites
 * embed or post, and over TLS only if it came over TLS.
 */
public final class SessionCookie {
  static final String NAME = "poise_session";

  private SessionCookie() {}

  /** The token that came with the request. */
  static Optional<Secret> of(HttpServletRequest request) {
    return Stream.ofNullable(request.getCookies())
        .flatMap(Arrays::stream)
        .filter(cookie -> cookie.getName().equals(NAME))
        .map(Cookie::getValue)
        .filter(value -> !value.isEmpty())
        .map(Secret::new)
        .findFirst();
  }

  /** Gives the browser a session. */
  public static void set(HttpServletRequest request, HttpServletResponse response, Secret token) {
    // Without an age it is gone when the browser is closed.
    write(response, cookie(request, token.text()).build());
  }

  static void clear(HttpServletRequest request, HttpServletResponse response) {
    write(response, cookie(request, "").maxAge(Duration.ZERO).build());
  }

  private static ResponseCookie.ResponseCookieBuilder cookie(
      HttpServletRequest request, String value) {
    return ResponseCookie.from(NAME, value)
        .path("/")
        .httpOnly(true)
        .sameSite("Lax")
        .secure(request.isSecure());
  }

  private static void write(HttpServletResponse response, ResponseCookie cookie) {
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }
}
