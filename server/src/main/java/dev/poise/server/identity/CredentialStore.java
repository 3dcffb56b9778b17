package dev.poise.server.identity;

import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Passwords as hashes, and the tokens that let one set a password. */
@Component
class CredentialStore {
  private static final String ACCOUNTS =
      """
      SELECT u.id, u.tenant_id, u.name, u.role, u.password_hash, NOT u.disabled AND NOT t.disabled AS active
      FROM users u JOIN tenants t ON t.id = u.tenant_id
      WHERE u.delete_time IS NULL AND t.delete_time IS NULL
      """;

  private final JdbcClient db;

  CredentialStore(JdbcClient db) {
    this.db = db;
  }

  /**
   * What is known of somebody who signs in.
   *
   * @param active whether neither it nor its tenant is disabled
   */
  record Account(
      UserId user,
      TenantId tenant,
      String name,
      Role role,
      @Nullable String passwordHash,
      boolean active) {
    /** Without the hash. */
    @Override
    public String toString() {
      return "Account[" + user + "]";
    }
  }

  Optional<Account> named(String name) {
    return db.sql(ACCOUNTS + " AND lower(u.name) = lower(:name)")
        .param("name", name)
        .query(CredentialStore::account)
        .optional();
  }

  Optional<Account> find(UserId id) {
    return db.sql(ACCOUNTS + " AND u.id = :id")
        .param("id", id.text())
        .query(CredentialStore::account)
        .optional();
  }

  /** The one who was linked to that subject of an OIDC provider. */
  Optional<Account> linkedTo(String issuer, String subject) {
    return db.sql(ACCOUNTS + " AND u.oidc_issuer = :issuer AND u.oidc_subject = :subject")
        .param("issuer", issuer)
        .param("subject", subject)
        .query(CredentialStore::account)
        .optional();
  }

  /** The one who waits for that subject of the OIDC provider. */
  Optional<Account> expecting(String subject) {
    return db.sql(ACCOUNTS + " AND u.oidc_subject IS NULL AND u.external_id = :subject")
        .param("subject", subject)
        .query(CredentialStore::account)
        .optional();
  }

  /** The one with that address who is linked to nobody and waits for nobody else. */
  Optional<Account> withEmail(String email) {
    return db.sql(
            ACCOUNTS
                + """
                 AND u.oidc_subject IS NULL AND u.external_id IS NULL AND lower(u.email) = lower(:email)
                """)
        .param("email", email)
        .query(CredentialStore::account)
        .optional();
  }

  /** Links a user to a subject; false if it is linked already. */
  boolean link(UserId id, String issuer, String subject) {
    return db.sql(
                """
                UPDATE users SET oidc_issuer = :issuer, oidc_subject = :subject, external_id = :subject,
                  version = version + 1
                WHERE id = :id AND oidc_subject IS NULL
                """)
            .param("issuer", issuer)
            .param("subject", subject)
            .param("id", id.text())
            .update()
        == 1;
  }

  void setPassword(UserId id, String hash) {
    db.sql("UPDATE users SET password_hash = :hash, version = version + 1 WHERE id = :id")
        .param("hash", hash)
        .param("id", id.text())
        .update();
  }

  void signedIn(UserId id, Instant now) {
    db.sql("UPDATE users SET last_sign_in_time = :now WHERE id = :id")
        .param("now", Timestamp.from(now))
        .param("id", id.text())
        .update();
  }

  /** In the place of one that was issued before. */
  void insertToken(TenantId tenant, UserId id, Secret token, Instant expireTime) {
    db.sql(
            """
            INSERT INTO set_up_tokens (user_id, tenant_id, token_hash, expire_time)
            VALUES (:user, :tenant, :hash, :expires)
            ON CONFLICT (user_id) DO UPDATE SET token_hash = :hash, expire_time = :expires
            """)
        .param("user", id.text())
        .param("tenant", tenant.text())
        .param("hash", token.hash())
        .param("expires", Timestamp.from(expireTime))
        .update();
  }

  /** Whose token it is; nobody's once this was called. */
  Optional<UserId> takeToken(Secret token, Instant now) {
    return db.sql(
            """
            DELETE FROM set_up_tokens WHERE token_hash = :hash AND expire_time > :now RETURNING user_id
            """)
        .param("hash", token.hash())
        .param("now", Timestamp.from(now))
        .query((row, _) -> new UserId(row.getString("user_id")))
        .optional();
  }

  void deleteToken(UserId id) {
    db.sql("DELETE FROM set_up_tokens WHERE user_id = :id").param("id", id.text()).update();
  }

  private static Account account(ResultSet row, int number) throws SQLException {
    return new Account(
        new UserId(row.getString("id")),
        new TenantId(row.getString("tenant_id")),
        row.getString("name"),
        Role.valueOf(row.getString("role")),
        row.getString("password_hash"),
        row.getBoolean("active"));
  }
}
