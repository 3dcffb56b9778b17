package dev.poise.server.network;

import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of elastic IPs. */
@Component
class ElasticIpStore {
  private static final String ELASTIC_IPS =
      """
      SELECT e.id, e.creator_id, e.data_center_id, e.pool_id, host(e.address) AS address, e.name, e.remark,
        p.default_route, e.load_balancer_id, e.version, e.create_time,
        concat_ws(' ', e.id, e.name, e.remark, host(e.address), e.load_balancer_id) AS search
      FROM elastic_ips e JOIN elastic_ip_pools p ON p.id = e.pool_id WHERE e.tenant_id = :tenant
      """;

  private final JdbcClient db;

  ElasticIpStore(JdbcClient db) {
    this.db = db;
  }

  /** Whether it was added; false if a tenant has the address. */
  boolean insert(TenantId tenant, ElasticIp it) {
    return db.sql(
                """
                INSERT INTO elastic_ips
                  (id, tenant_id, creator_id, data_center_id, pool_id, address, name, remark, version, create_time)
                VALUES
                  (:id, :tenant, :creator, :dataCenter, :pool, :address::inet, :name, :remark, :version, :time)
                ON CONFLICT (data_center_id, address) DO NOTHING
                """)
            .param("id", it.id().text())
            .param("tenant", tenant.text())
            .param("creator", it.creatorId())
            .param("dataCenter", it.dataCenterId().text())
            .param("pool", it.poolId().text())
            .param("address", it.address().text())
            .param("name", it.name())
            .param("remark", it.remark())
            .param("version", it.version())
            .param("time", Timestamp.from(it.createTime()))
            .update()
        == 1;
  }

  void update(TenantId tenant, ElasticIp it) {
    db.sql(
            """
            UPDATE elastic_ips SET name = :name, remark = :remark, load_balancer_id = :loadBalancer, version = :version
            WHERE tenant_id = :tenant AND id = :id
            """)
        .param("name", it.name())
        .param("remark", it.remark())
        .param("loadBalancer", it.loadBalancerId() == null ? null : it.loadBalancerId().text())
        .param("version", it.version())
        .param("tenant", tenant.text())
        .param("id", it.id().text())
        .update();
  }

  void delete(TenantId tenant, ElasticIpId id) {
    db.sql("DELETE FROM elastic_ips WHERE tenant_id = :tenant AND id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  Optional<ElasticIp> find(TenantId tenant, ElasticIpId id) {
    return db.sql("SELECT * FROM (" + ELASTIC_IPS + ") AS found WHERE id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(ElasticIpStore::elasticIp)
        .optional();
  }

  /** The elastic IP, which nobody else can bind or change until the transaction ends. */
  Optional<ElasticIp> lock(TenantId tenant, ElasticIpId id) {
    return db.sql("SELECT id FROM elastic_ips WHERE tenant_id = :tenant AND id = :id FOR UPDATE")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(String.class)
        .optional()
        .flatMap(_ -> find(tenant, id));
  }

  Page<ElasticIp> page(TenantId tenant, PageRequest request) {
    return Listing.page(
        db, ELASTIC_IPS, Map.of("tenant", tenant.text()), request, ElasticIpStore::elasticIp);
  }

  private static ElasticIp elasticIp(ResultSet row, int number) throws SQLException {
    @Nullable String loadBalancer = row.getString("load_balancer_id");
    return new ElasticIp(
        new ElasticIpId(row.getString("id")),
        row.getString("creator_id"),
        new DataCenterId(row.getString("data_center_id")),
        new ElasticIpPoolId(row.getString("pool_id")),
        new IpAddress(row.getString("address")),
        row.getString("name"),
        row.getString("remark"),
        row.getBoolean("default_route"),
        loadBalancer == null ? null : new LoadBalancerId(loadBalancer),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }
}
