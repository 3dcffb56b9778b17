package dev.poise.server.identity;

import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of users, without what they sign in with. */
@Component
class UserStore {
  private static final String USERS =
      """
      SELECT u.id, u.tenant_id, u.name, u.role, u.main_account, u.email, u.external_id, u.remark,
        CASE WHEN u.delete_time IS NOT NULL THEN 'DELETED' WHEN u.disabled THEN 'DISABLED'
          WHEN u.password_hash IS NULL AND u.oidc_subject IS NULL THEN 'INVITED' ELSE 'ACTIVE' END AS state,
        f.confirm_time IS NOT NULL AS totp,
        u.last_sign_in_time, u.create_time, u.delete_time, u.version,
        u.id || ' ' || u.name || ' ' || u.remark || ' ' || coalesce(u.email, '') AS search
      FROM users u LEFT JOIN user_totp f ON f.user_id = u.id
      """;

  private final JdbcClient db;

  UserStore(JdbcClient db) {
    this.db = db;
  }

  /** What another user has already. */
  enum Taken {
    NAME,
    EMAIL,
    EXTERNAL_ID
  }

  /** Adds it, unless another one has what must be unique; then the transaction is over. */
  Optional<Taken> insert(User user) {
    try {
      db.sql(
              """
              INSERT INTO users (id, tenant_id, name, role, main_account, email, external_id, remark, create_time)
              VALUES (:id, :tenant, :name, :role, :main, :email, :externalId, :remark, :time)
              """)
          .param("id", user.id().text())
          .param("tenant", user.tenantId().text())
          .param("name", user.name())
          .param("role", user.role().name())
          .param("main", user.mainAccount())
          .param("email", user.email())
          .param("externalId", user.externalId())
          .param("remark", user.remark())
          .param("time", Timestamp.from(user.createTime()))
          .update();
      return Optional.empty();
    } catch (DuplicateKeyException e) {
      return Optional.of(taken(e));
    }
  }

  /**
   * Writes what may change, unless another one has what must be unique; then the transaction is
   * over. Another external id also ends the link to the old one.
   */
  Optional<Taken> update(
      TenantId tenant,
      UserId id,
      Role role,
      @Nullable String email,
      @Nullable String externalId,
      String remark) {
    try {
      db.sql(
              """
              UPDATE users SET role = :role, email = :email, remark = :remark, version = version + 1,
                oidc_issuer = CASE WHEN external_id IS NOT DISTINCT FROM :externalId THEN oidc_issuer END,
                oidc_subject = CASE WHEN external_id IS NOT DISTINCT FROM :externalId THEN oidc_subject END,
                external_id = :externalId
              WHERE tenant_id = :tenant AND id = :id
              """)
          .param("role", role.name())
          .param("email", email)
          .param("externalId", externalId)
          .param("remark", remark)
          .param("tenant", tenant.text())
          .param("id", id.text())
          .update();
      return Optional.empty();
    } catch (DuplicateKeyException e) {
      return Optional.of(taken(e));
    }
  }

  void setDisabled(TenantId tenant, UserId id, boolean disabled) {
    db.sql(
            """
            UPDATE users SET disabled = :disabled, version = version + 1 WHERE tenant_id = :tenant AND id = :id
            """)
        .param("disabled", disabled)
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  /** Leaves the row behind. */
  void delete(TenantId tenant, UserId id, Instant now) {
    db.sql(
            """
            UPDATE users SET delete_time = :now, version = version + 1 WHERE tenant_id = :tenant AND id = :id
            """)
        .param("now", Timestamp.from(now))
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  void deleteAll(TenantId tenant, Instant now) {
    db.sql(
            """
            UPDATE users SET delete_time = :now, version = version + 1
            WHERE tenant_id = :tenant AND delete_time IS NULL
            """)
        .param("now", Timestamp.from(now))
        .param("tenant", tenant.text())
        .update();
  }

  Optional<User> find(TenantId tenant, UserId id) {
    return db.sql(USERS + " WHERE u.tenant_id = :tenant AND u.id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(UserStore::user)
        .optional();
  }

  /** The user, whatever tenant it is of: for the user itself. */
  User itself(UserId id) {
    return db.sql(USERS + " WHERE u.id = :id")
        .param("id", id.text())
        .query(UserStore::user)
        .single();
  }

  Page<User> page(TenantId tenant, PageRequest request) {
    return Listing.page(
        db,
        USERS + " WHERE u.tenant_id = :tenant AND u.delete_time IS NULL",
        Map.of("tenant", tenant.text()),
        request,
        UserStore::user);
  }

  /** How many others of that role can act for the tenant. */
  long othersActing(TenantId tenant, Role role, UserId id) {
    return db.sql(
            """
            SELECT count(*) FROM users
            WHERE tenant_id = :tenant AND role = :role AND id <> :id AND NOT disabled AND delete_time IS NULL
            """)
        .param("tenant", tenant.text())
        .param("role", role.name())
        .param("id", id.text())
        .query(Long.class)
        .single();
  }

  long platformAdministrators() {
    return db.sql(
            "SELECT count(*) FROM users WHERE role = 'PLATFORM_ADMIN' AND delete_time IS NULL")
        .query(Long.class)
        .single();
  }

  /** Two servers may start at once on an empty database. */
  void lockAll() {
    db.sql("LOCK TABLE users IN EXCLUSIVE MODE").update();
  }

  private static Taken taken(DuplicateKeyException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("users_email")) return Taken.EMAIL;
    return message.contains("users_external_id") ? Taken.EXTERNAL_ID : Taken.NAME;
  }

  private static User user(ResultSet row, int number) throws SQLException {
    Timestamp deleted = row.getTimestamp("delete_time");
    Timestamp signedIn = row.getTimestamp("last_sign_in_time");
    return new User(
        new UserId(row.getString("id")),
        new TenantId(row.getString("tenant_id")),
        row.getString("name"),
        Role.valueOf(row.getString("role")),
        row.getBoolean("main_account"),
        row.getString("email"),
        row.getString("external_id"),
        row.getString("remark"),
        User.State.valueOf(row.getString("state")),
        row.getBoolean("totp"),
        signedIn == null ? null : signedIn.toInstant(),
        row.getTimestamp("create_time").toInstant(),
        deleted == null ? null : deleted.toInstant(),
        row.getLong("version"));
  }
}
