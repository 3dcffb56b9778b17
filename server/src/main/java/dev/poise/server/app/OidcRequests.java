package dev.poise.server.app;

import dev.poise.server.identity.OidcDepartures;
import dev.poise.server.identity.OidcDepartures.Departure;
import dev.poise.server.platform.Secret;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;

/** Keeps what Spring Security asks to be kept of a sign-in, in {@link OidcDepartures}. */
final class OidcRequests implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {
  private static final String COOKIE = "poise_oidc";

  private final OidcDepartures departures;
  private final ClientRegistrationRepository registrations;

  OidcRequests(OidcDepartures departures, ClientRegistrationRepository registrations) {
    this.departures = departures;
    this.registrations = registrations;
  }

  /** Nothing is told without being taken: who comes back does so once. */
  @Override
  public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
    return null;
  }

  @Override
  public void saveAuthorizationRequest(
      @Nullable OAuth2AuthorizationRequest authorization,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (authorization == null) return;
    Departure departure =
        new Departure(
            attribute(authorization, OidcParameterNames.NONCE),
            attribute(authorization, PkceParameterNames.CODE_VERIFIER),
            Objects.requireNonNull(authorization.getRedirectUri()));
    Secret browser = departures.leave(Objects.requireNonNull(authorization.getState()), departure);
    // Lax: the provider sends the browser back here by a link.
    ResponseCookie cookie =
        ResponseCookie.from(COOKIE, browser.text())
            .path(OidcSecurity.PATH)
            .httpOnly(true)
            .sameSite("Lax")
            .secure(request.isSecure())
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }

  @Override
  public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(
      HttpServletRequest request, HttpServletResponse response) {
    @Nullable String state = request.getParameter(OAuth2ParameterNames.STATE);
    Optional<Secret> browser =
        Stream.ofNullable(request.getCookies())
            .flatMap(Arrays::stream)
            .filter(cookie -> cookie.getName().equals(COOKIE))
            .map(Cookie::getValue)
            .map(Secret::new)
            .findFirst();
    if (state == null || browser.isEmpty()) return null;
    return departures
        .comeBack(state, browser.get())
        .map(departure -> authorization(state, departure))
        .orElse(null);
  }

  private OAuth2AuthorizationRequest authorization(String state, Departure departure) {
    ClientRegistration registration =
        Objects.requireNonNull(registrations.findByRegistrationId(OidcSecurity.ID));
    return OAuth2AuthorizationRequest.authorizationCode()
        .clientId(registration.getClientId())
        .authorizationUri(
            Objects.requireNonNull(registration.getProviderDetails().getAuthorizationUri()))
        .redirectUri(departure.redirectUri())
        .scopes(registration.getScopes())
        .state(state)
        .attributes(attributes -> {
          attributes.put(OAuth2ParameterNames.REGISTRATION_ID, OidcSecurity.ID);
          attributes.put(OidcParameterNames.NONCE, departure.nonce());
          attributes.put(PkceParameterNames.CODE_VERIFIER, departure.codeVerifier());
        })
        .build();
  }

  private static String attribute(OAuth2AuthorizationRequest authorization, String name) {
    String value = authorization.getAttribute(name);
    if (value == null) throw new IllegalStateException("a sign-in without " + name);
    return value;
  }
}
