package dev.poise.server.identity;

import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import dev.poise.server.platform.Vault.Sealed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of keys for one-time codes, and of recovery codes. */
@Component
class SecondFactorStore {
  private final JdbcClient db;

  SecondFactorStore(JdbcClient db) {
    this.db = db;
  }

  /**
   * A key for one-time codes.
   *
   * @param confirmed whether the user showed that the authenticator has it
   */
  record Stored(UserId user, Sealed key, boolean confirmed) {}

  /** In the place of one that was not confirmed; false if there is one that was. */
  boolean insert(TenantId tenant, UserId user, Sealed key, Instant now) {
    return db.sql(
                """
                INSERT INTO user_totp (user_id, tenant_id, master_key_id, wrapped_key, secret, last_step, create_time)
                VALUES (:user, :tenant, :masterKey, :wrappedKey, :secret, 0, :now)
                ON CONFLICT (user_id) DO UPDATE SET master_key_id = :masterKey, wrapped_key = :wrappedKey,
                  secret = :secret, last_step = 0, create_time = :now
                WHERE user_totp.confirm_time IS NULL
                """)
            .param("user", user.text())
            .param("tenant", tenant.text())
            .param("masterKey", key.masterKeyId())
            .param("wrappedKey", key.wrappedKey())
            .param("secret", key.secret())
            .param("now", Timestamp.from(now))
            .update()
        == 1;
  }

  Optional<Stored> find(UserId user) {
    return db.sql(
            """
            SELECT user_id, master_key_id, wrapped_key, secret, confirm_time IS NOT NULL AS confirmed
            FROM user_totp WHERE user_id = :user
            """)
        .param("user", user.text())
        .query(SecondFactorStore::stored)
        .optional();
  }

  /** Notes that the code of that half minute was used; false if it, or a newer one, was before. */
  boolean take(UserId user, long step) {
    return db.sql(
                "UPDATE user_totp SET last_step = :step WHERE user_id = :user AND last_step <"
                    + " :step")
            .param("step", step)
            .param("user", user.text())
            .update()
        == 1;
  }

  void confirm(TenantId tenant, UserId user, List<Secret> recoveryCodes, Instant now) {
    db.sql("UPDATE user_totp SET confirm_time = :now WHERE user_id = :user")
        .param("now", Timestamp.from(now))
        .param("user", user.text())
        .update();
    for (Secret code : recoveryCodes) {
      db.sql(
              """
              INSERT INTO recovery_codes (user_id, tenant_id, code_hash) VALUES (:user, :tenant, :hash)
              """)
          .param("user", user.text())
          .param("tenant", tenant.text())
          .param("hash", code.hash())
          .update();
    }
  }

  /** Whether there was such a code; there is not any more. */
  boolean takeRecoveryCode(UserId user, Secret code) {
    return db.sql("DELETE FROM recovery_codes WHERE user_id = :user AND code_hash = :hash")
            .param("user", user.text())
            .param("hash", code.hash())
            .update()
        == 1;
  }

  /** With the recovery codes. */
  void delete(UserId user) {
    db.sql("DELETE FROM user_totp WHERE user_id = :user").param("user", user.text()).update();
  }

  /** The keys of all tenants that are under another master key; nobody else changes them now. */
  List<Stored> notUnder(String masterKeyId) {
    return db.sql(
            """
            SELECT user_id, master_key_id, wrapped_key, secret, confirm_time IS NOT NULL AS confirmed
            FROM user_totp WHERE master_key_id <> :masterKey ORDER BY user_id FOR UPDATE
            """)
        .param("masterKey", masterKeyId)
        .query(SecondFactorStore::stored)
        .list();
  }

  /** Writes what {@link #notUnder} gave under another master key. */
  void rewrap(UserId user, Sealed key) {
    db.sql(
            """
            UPDATE user_totp SET master_key_id = :masterKey, wrapped_key = :wrappedKey WHERE user_id = :user
            """)
        .param("masterKey", key.masterKeyId())
        .param("wrappedKey", key.wrappedKey())
        .param("user", user.text())
        .update();
  }

  private static Stored stored(ResultSet row, int number) throws SQLException {
    return new Stored(
        new UserId(row.getString("user_id")),
        new Sealed(
            row.getString("master_key_id"), row.getBytes("wrapped_key"), row.getBytes("secret")),
        row.getBoolean("confirmed"));
  }
}
