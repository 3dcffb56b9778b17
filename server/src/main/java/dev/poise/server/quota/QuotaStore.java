package dev.poise.server.quota;

import dev.poise.server.platform.TenantId;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The limits that differ from the usual ones, and how much of everything there is. */
@Component
class QuotaStore {
  private static final TypeReference<EnumMap<Quota, Long>> LIMITS = new TypeReference<>() {};

  private final JdbcClient db;
  private final JsonMapper json;

  QuotaStore(JdbcClient db, JsonMapper json) {
    this.db = db;
    this.json = json;
  }

  boolean hasTenant(TenantId tenant) {
    return db.sql("SELECT EXISTS (SELECT FROM tenants WHERE id = :tenant)")
        .param("tenant", tenant.text())
        .query(Boolean.class)
        .single();
  }

  /** What differs for this tenant. */
  Map<Quota, Long> limits(TenantId tenant) {
    return db.sql("SELECT limits FROM quotas WHERE tenant_id = :tenant")
        .param("tenant", tenant.text())
        .query(String.class)
        .optional()
        .map(this::read)
        .orElseGet(Map::of);
  }

  /** The same, and until the transaction ends nobody else gets it from this method. */
  Map<Quota, Long> hold(TenantId tenant) {
    db.sql("INSERT INTO quotas (tenant_id, limits) VALUES (:tenant, '{}') ON CONFLICT DO NOTHING")
        .param("tenant", tenant.text())
        .update();
    return db.sql("SELECT limits FROM quotas WHERE tenant_id = :tenant FOR UPDATE")
        .param("tenant", tenant.text())
        .query(String.class)
        .optional()
        .map(this::read)
        .orElseThrow();
  }

  void update(TenantId tenant, Map<Quota, Long> limits) {
    db.sql("UPDATE quotas SET limits = :limits::jsonb WHERE tenant_id = :tenant")
        .param("limits", json.writeValueAsString(limits))
        .param("tenant", tenant.text())
        .update();
  }

  long used(TenantId tenant, Quota kind) {
    return db.sql(kind.count()).param("tenant", tenant.text()).query(Long.class).single();
  }

  private Map<Quota, Long> read(String limits) {
    return json.readValue(limits, LIMITS);
  }
}
