package dev.poise.server.identity;

import dev.poise.server.platform.TenantId;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Where else people may sign in; nowhere if no issuer is set. */
@Component
public final class OidcSettings {
  private final String issuer;
  private final String clientId;
  private final String clientSecret;
  private final String name;
  private final String newUsersTenant;
  private final String publicUrl;

  /**
   * Reads them.
   *
   * @throws IllegalStateException if they are there by half
   */
  OidcSettings(
      @Value("${poise.oidc.issuer}") String issuer,
      @Value("${poise.oidc.client-id}") String clientId,
      @Value("${poise.oidc.client-secret}") String clientSecret,
      @Value("${poise.oidc.name}") String name,
      @Value("${poise.oidc.new-users-tenant}") String newUsersTenant,
      @Value("${poise.public-url}") String publicUrl) {
    this.issuer = issuer.strip();
    this.clientId = clientId.strip();
    this.clientSecret = clientSecret.strip();
    this.name = name.strip();
    this.newUsersTenant = newUsersTenant.strip();
    this.publicUrl = publicUrl.strip().replaceAll("/+$", "");
    boolean half = Stream.of(this.clientId, this.clientSecret).anyMatch(String::isEmpty);
    if (isOn() && half) {
      throw new IllegalStateException(
          "POISE_OIDC_ISSUER is set; set POISE_OIDC_CLIENT_ID and POISE_OIDC_CLIENT_SECRET too.");
    }
    newUsersTenant();
  }

  public boolean isOn() {
    return !issuer.isEmpty();
  }

  public String issuer() {
    return issuer;
  }

  public String clientId() {
    return clientId;
  }

  public String clientSecret() {
    return clientSecret;
  }

  /** What the button says. */
  public String name() {
    return name;
  }

  /** Where browsers reach this server, if the request does not tell. */
  public Optional<String> publicUrl() {
    return Optional.of(publicUrl).filter(it -> !it.isEmpty());
  }

  /** Where users are made who are not known; they are refused if it is absent. */
  Optional<TenantId> newUsersTenant() {
    return Optional.of(newUsersTenant).filter(it -> !it.isEmpty()).map(OidcSettings::tenant);
  }

  private static TenantId tenant(String id) {
    try {
      return new TenantId(id);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("POISE_OIDC_NEW_USERS_TENANT is " + e.getMessage(), e);
    }
  }
}
