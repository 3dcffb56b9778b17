package dev.poise.server.identity;

import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of tenants. */
@Component
class TenantStore {
  private static final String TENANTS =
      """
      SELECT id, name, remark, platform, version, create_time, delete_time,
        CASE WHEN delete_time IS NOT NULL THEN 'DELETED' WHEN disabled THEN 'DISABLED' ELSE 'ACTIVE' END AS state,
        id || ' ' || name || ' ' || remark AS search
      FROM tenants
      """;

  private final JdbcClient db;

  TenantStore(JdbcClient db) {
    this.db = db;
  }

  /** Whether it was added; false if the name is taken. */
  boolean insert(Tenant tenant) {
    return db.sql(
                """
                INSERT INTO tenants (id, name, remark, platform, create_time)
                VALUES (:id, :name, :remark, :platform, :time)
                ON CONFLICT (name) WHERE delete_time IS NULL DO NOTHING
                """)
            .param("id", tenant.id().text())
            .param("name", tenant.name())
            .param("remark", tenant.remark())
            .param("platform", tenant.platform())
            .param("time", Timestamp.from(tenant.createTime()))
            .update()
        == 1;
  }

  Optional<Tenant> find(TenantId id) {
    return db.sql(TENANTS + " WHERE id = :id")
        .param("id", id.text())
        .query(TenantStore::tenant)
        .optional();
  }

  /** The one of the platform's administrators. */
  Optional<Tenant> platform() {
    return db.sql(TENANTS + " WHERE platform").query(TenantStore::tenant).optional();
  }

  Page<Tenant> page(PageRequest request) {
    return Listing.page(
        db, TENANTS + " WHERE delete_time IS NULL", Map.of(), request, TenantStore::tenant);
  }

  /** Keeps others from changing it, or who administers it, until the transaction ends. */
  Optional<Tenant> lock(TenantId id) {
    return db.sql(TENANTS + " WHERE id = :id AND delete_time IS NULL FOR NO KEY UPDATE")
        .param("id", id.text())
        .query(TenantStore::tenant)
        .optional();
  }

  /** Whether it was written; false if the name is taken. */
  boolean describe(TenantId id, String name, String remark) {
    try {
      db.sql(
              """
              UPDATE tenants SET name = :name, remark = :remark, version = version + 1 WHERE id = :id
              """)
          .param("name", name)
          .param("remark", remark)
          .param("id", id.text())
          .update();
      return true;
    } catch (DuplicateKeyException _) {
      return false;
    }
  }

  void setDisabled(TenantId id, boolean disabled) {
    db.sql("UPDATE tenants SET disabled = :disabled, version = version + 1 WHERE id = :id")
        .param("disabled", disabled)
        .param("id", id.text())
        .update();
  }

  /** Leaves the row behind. */
  void delete(TenantId id, Instant now) {
    db.sql("UPDATE tenants SET delete_time = :now, version = version + 1 WHERE id = :id")
        .param("now", Timestamp.from(now))
        .param("id", id.text())
        .update();
  }

  /**
   * What the tenant has, such as {@code subnets (2)}. Asks the database which tables hold things of
   * tenants, so that none is forgotten when a table is added: those that refer to tenants and whose
   * rows have ids.
   */
  List<String> contents(TenantId id) {
    List<String> tables =
        db.sql(
                """
                SELECT c.conrelid::regclass::text FROM pg_constraint c
                WHERE c.contype = 'f' AND c.confrelid = 'tenants'::regclass
                  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attname = 'id')
                  AND c.conrelid::regclass::text NOT IN ('users', 'api_keys', 'sessions', 'audit_events', 'events', 'event_numbers')
                ORDER BY 1
                """)
            .query((row, _) -> row.getString(1))
            .list();
    List<String> contents = new ArrayList<>();
    for (String table : tables) {
      long rows =
          db.sql("SELECT count(*) FROM " + table + " WHERE tenant_id = :id")
              .param("id", id.text())
              .query(Long.class)
              .single();
      if (rows > 0) contents.add(table.replace('_', ' ') + " (" + rows + ")");
    }
    return contents;
  }

  private static Tenant tenant(ResultSet row, int number) throws SQLException {
    Timestamp deleted = row.getTimestamp("delete_time");
    return new Tenant(
        new TenantId(row.getString("id")),
        row.getString("name"),
        row.getString("remark"),
        row.getBoolean("platform"),
        Tenant.State.valueOf(row.getString("state")),
        row.getTimestamp("create_time").toInstant(),
        deleted == null ? null : deleted.toInstant(),
        row.getLong("version"));
  }
}
