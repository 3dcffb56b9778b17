package dev.poise.server.identity;

import dev.poise.server.platform.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Remembers people while they are at the OIDC provider, for every server process, since they may
 * come back to another one. Each of them comes back once, soon, and with the browser that left:
 * else somebody could be made to come back as somebody else.
 */
@Component
public class OidcDepartures {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final OidcDepartureStore store;
  private final InstantSource clock;

  OidcDepartures(OidcDepartureStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * What is needed when somebody comes back.
   *
   * @param nonce must be in what the provider signed
   * @param codeVerifier shows the provider that it was us who sent the person
   */
  public record Departure(String nonce, String codeVerifier, String redirectUri) {
    /** Without the secrets. */
    @Override
    public String toString() {
      return "Departure[" + redirectUri + "]";
    }
  }

  /** Takes note of somebody who leaves; gives what the browser must bring back. */
  public Secret leave(String state, Departure departure) {
    Instant now = clock.instant();
    store.forget(now);
    Secret browser = Secret.generate("poise_oidc");
    store.insert(new Secret(state), browser, departure, now.plus(PATIENCE));
    return browser;
  }

  /** Who comes back, if it is one who left. */
  public Optional<Departure> comeBack(String state, Secret browser) {
    return store.take(new Secret(state), browser, clock.instant());
  }
}
