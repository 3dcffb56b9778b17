package dev.poise.server.app;

import static dev.poise.server.app.CallerFilter.write;

import dev.poise.server.identity.OidcDepartures;
import dev.poise.server.identity.OidcSettings;
import dev.poise.server.identity.OidcSignIns;
import dev.poise.server.identity.Origin;
import dev.poise.server.identity.SessionCookie;
import dev.poise.server.identity.Sessions;
import dev.poise.server.platform.Problem;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signing in through an OIDC provider: the code flow with PKCE, by Spring Security, which checks
 * the signature, the issuer, the audience, the time and the nonce of what the provider says. Of it
 * we only take who the person is; it ends in a session like any other, and the provider's tokens
 * are thrown away.
 */
@Component
final class OidcSecurity {
  static final String ID = "oidc";
  static final String PATH = "/sso";

  /** Where people begin. */
  static final String START = PATH + "/" + ID;

  private static final String RETURN = PATH + "/callback/" + ID;
  private static final Logger LOG = LoggerFactory.getLogger(OidcSecurity.class);

  private final OidcSettings settings;
  private final OidcSignIns signIns;
  private final OidcDepartures departures;
  private final JsonMapper json;

  OidcSecurity(
      OidcSettings settings, OidcSignIns signIns, OidcDepartures departures, JsonMapper json) {
    this.settings = settings;
    this.signIns = signIns;
    this.departures = departures;
    this.json = json;
  }

  /** Adds it to the chain, if the operator set a provider. */
  HttpSecurity addTo(HttpSecurity http) {
    if (!settings.isOn()) return http;
    Provider provider = new Provider(settings);
    return http.oauth2Login(login ->
        login
            .clientRegistrationRepository(provider)
            .authorizedClientRepository(new Forgetting())
            .loginPage("/")
            .authorizationEndpoint(begin ->
                begin
                    .baseUri(PATH)
                    .authorizationRequestRepository(new OidcRequests(departures, provider)))
            .redirectionEndpoint(end -> end.baseUri(RETURN))
            .successHandler(
                (request, response, authentication) -> succeeded(request, response, authentication))
            .failureHandler((_, response, e) -> failed(response, e))
            .addObjectPostProcessor(
                new ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter>() {
                  @Override
                  public <O extends OAuth2AuthorizationRequestRedirectFilter> O postProcess(
                      O filter) {
                    filter.setAuthenticationFailureHandler(
                        (_, response, e) -> unreachable(response, e));
                    return filter;
                  }
                }));
  }

  private void succeeded(
      HttpServletRequest request, HttpServletResponse response, Authentication authentication)
      throws IOException {
    if (!(authentication.getPrincipal() instanceof OidcUser user))
      throw new IllegalStateException("signed in as something else than an OIDC user");
    @Nullable String email = Boolean.TRUE.equals(user.getEmailVerified()) ? user.getEmail() : null;
    try {
      Sessions.Begun begun =
          signIns.signIn(
              new OidcSignIns.Person(
                  settings.issuer(),
                  Objects.requireNonNull(user.getSubject()),
                  email,
                  user.getPreferredUsername()),
              Origin.of(request));
      SessionCookie.set(request, response, begun.token());
      response.setStatus(HttpServletResponse.SC_FOUND);
      response.setHeader("Location", "/");
    } catch (Refusal refusal) {
      write(response, json, Problem.of(refusal.type(), refusal.detail(), refusal.faults()));
    }
  }

  private void failed(HttpServletResponse response, AuthenticationException e) throws IOException {
    LOG.warn("A sign-in through {} failed: {}", settings.issuer(), e.getMessage());
    write(
        response,
        json,
        Problem.of(
            ProblemType.UNAUTHENTICATED,
            "Signing in through "
                + settings.name()
                + " did not work. Begin again at "
                + START
                + "."));
  }

  private void unreachable(HttpServletResponse response, AuthenticationException e)
      throws IOException {
    LOG.warn("Cannot send anybody to {}: {}", settings.issuer(), String.valueOf(e.getCause()));
    write(
        response,
        json,
        Problem.of(
            ProblemType.UNAVAILABLE,
            settings.name() + " cannot be reached. Sign in with a password, or try again."));
  }

  /** The provider describes itself, when it is first needed: the server starts without it. */
  private static final class Provider implements ClientRegistrationRepository {
    private final OidcSettings settings;
    private volatile @Nullable ClientRegistration known;

    Provider(OidcSettings settings) {
      this.settings = settings;
    }

    @Override
    public @Nullable ClientRegistration findByRegistrationId(String id) {
      if (!id.equals(ID)) return null;
      ClientRegistration registration = known;
      if (registration == null) known = registration = discover();
      return registration;
    }

    private ClientRegistration discover() {
      Optional<String> base = settings.publicUrl();
      return ClientRegistrations.fromOidcIssuerLocation(settings.issuer())
          .registrationId(ID)
          .clientId(settings.clientId())
          .clientSecret(settings.clientSecret())
          .clientName(settings.name())
          .redirectUri(base.orElse("{baseUrl}") + RETURN)
          .scope("openid", "profile", "email")
          .clientSettings(ClientRegistration.ClientSettings.builder().requireProofKey(true).build())
          .build();
    }
  }

  /** We call nothing in the person's name, so the provider's tokens are not kept. */
  private static final class Forgetting implements OAuth2AuthorizedClientRepository {
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // the interface has it so
    public <T extends OAuth2AuthorizedClient> @Nullable T loadAuthorizedClient(
        String id, Authentication principal, HttpServletRequest request) {
      return null;
    }

    @Override
    public void saveAuthorizedClient(
        OAuth2AuthorizedClient client,
        Authentication principal,
        HttpServletRequest request,
        HttpServletResponse response) {}

    @Override
    public void removeAuthorizedClient(
        String id,
        Authentication principal,
        HttpServletRequest request,
        HttpServletResponse response) {}
  }
}
