package dev.poise.server.channel;

import dev.poise.server.platform.Vault.Sealed;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The one row with the certificate of the agents' port; it belongs to the platform. */
@Component
class ChannelStore {
  private final JdbcClient db;

  ChannelStore(JdbcClient db) {
    this.db = db;
  }

  /**
   * The certificate with its key.
   *
   * @param certificate PEM
   */
  record Stored(String certificate, Sealed privateKey) {}

  Optional<Stored> find() {
    return db.sql("SELECT certificate, master_key_id, wrapped_key, private_key FROM agent_channel")
        .query((row, _) ->
            new Stored(
                row.getString("certificate"),
                new Sealed(
                    row.getString("master_key_id"),
                    row.getBytes("wrapped_key"),
                    row.getBytes("private_key"))))
        .optional();
  }

  /** Keeps it, unless another server was first. */
  void insert(Stored made, Instant now) {
    db.sql(
            """
            INSERT INTO agent_channel (certificate, master_key_id, wrapped_key, private_key, create_time)
            VALUES (:certificate, :masterKey, :wrappedKey, :privateKey, :now)
            ON CONFLICT (one) DO NOTHING
            """)
        .param("certificate", made.certificate())
        .param("masterKey", made.privateKey().masterKeyId())
        .param("wrappedKey", made.privateKey().wrappedKey())
        .param("privateKey", made.privateKey().secret())
        .param("now", Timestamp.from(now))
        .update();
  }

  void rewrap(Sealed privateKey) {
    db.sql("UPDATE agent_channel SET master_key_id = :masterKey, wrapped_key = :wrappedKey")
        .param("masterKey", privateKey.masterKeyId())
        .param("wrappedKey", privateKey.wrappedKey())
        .update();
  }
}
