package dev.poise.server.identity;

import dev.poise.server.identity.OidcDepartures.Departure;
import dev.poise.server.platform.Secret;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of those who were sent to the OIDC provider. */
@Component
class OidcDepartureStore {
  private final JdbcClient db;

  OidcDepartureStore(JdbcClient db) {
    this.db = db;
  }

  void insert(Secret state, Secret browser, Departure departure, Instant expireTime) {
    db.sql(
            """
            INSERT INTO oidc_departures (state_hash, browser_hash, nonce, code_verifier, redirect_uri, expire_time)
            VALUES (:state, :browser, :nonce, :verifier, :redirectUri, :expires)
            """)
        .param("state", state.hash())
        .param("browser", browser.hash())
        .param("nonce", departure.nonce())
        .param("verifier", departure.codeVerifier())
        .param("redirectUri", departure.redirectUri())
        .param("expires", Timestamp.from(expireTime))
        .update();
  }

  /** Who left with that state and that browser; nobody any more. */
  Optional<Departure> take(Secret state, Secret browser, Instant now) {
    return db.sql(
            """
            DELETE FROM oidc_departures WHERE state_hash = :state AND browser_hash = :browser AND expire_time > :now
            RETURNING nonce, code_verifier, redirect_uri
            """)
        .param("state", state.hash())
        .param("browser", browser.hash())
        .param("now", Timestamp.from(now))
        .query((row, _) ->
            new Departure(
                row.getString("nonce"),
                row.getString("code_verifier"),
                row.getString("redirect_uri")))
        .optional();
  }

  void forget(Instant now) {
    db.sql("DELETE FROM oidc_departures WHERE expire_time < :now")
        .param("now", Timestamp.from(now))
        .update();
  }
}
