package dev.poise.server.network;

import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.spec.IpAddress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of pools of elastic IPs. They are the platform's; what is free in them no tenant has. */
@Component
class ElasticIpPoolStore {
  private static final String POOLS =
      """
      SELECT p.id, p.data_center_id, p.name, p.remark, p.default_route, p.version, p.create_time,
        (SELECT array_agg(r.said ORDER BY r.position) FROM elastic_ip_ranges r WHERE r.pool_id = p.id) AS ranges,
        (SELECT sum(r.highest - r.lowest + 1) FROM elastic_ip_ranges r WHERE r.pool_id = p.id) AS address_count,
        (SELECT count(*) FROM elastic_ips e WHERE e.pool_id = p.id) AS taken,
        p.id || ' ' || p.name || ' ' || p.remark AS search
      FROM elastic_ip_pools p
      """;

  private final JdbcClient db;

  ElasticIpPoolStore(JdbcClient db) {
    this.db = db;
  }

  /** Whether it was added; false if the name is taken. */
  boolean insert(ElasticIpPool pool) {
    boolean added =
        db.sql(
                    """
                    INSERT INTO elastic_ip_pools (id, data_center_id, name, remark, default_route, version, create_time)
                    VALUES (:id, :dataCenter, :name, :remark, :defaultRoute, :version, :time)
                    ON CONFLICT (name) DO NOTHING
                    """)
                .param("id", pool.id().text())
                .param("dataCenter", pool.dataCenterId().text())
                .param("name", pool.name())
                .param("remark", pool.remark())
                .param("defaultRoute", pool.defaultRoute())
                .param("version", pool.version())
                .param("time", Timestamp.from(pool.createTime()))
                .update()
            == 1;
    if (added) pool.ranges().forEach(range -> insert(pool, range));
    return added;
  }

  private void insert(ElasticIpPool pool, AddressSpan range) {
    db.sql(
            """
            INSERT INTO elastic_ip_ranges (pool_id, position, data_center_id, said, lowest, highest)
            VALUES (:pool, :position, :dataCenter, :said, :lowest::inet, :highest::inet)
            """)
        .param("pool", pool.id().text())
        .param("position", pool.ranges().indexOf(range))
        .param("dataCenter", pool.dataCenterId().text())
        .param("said", range.text())
        .param("lowest", range.lowest().text())
        .param("highest", range.highest().text())
        .update();
  }

  /** Whether it was written; false if another one has that name. */
  boolean update(ElasticIpPool pool) {
    return db.sql(
                """
                UPDATE elastic_ip_pools SET name = :name, remark = :remark, version = :version
                WHERE id = :id AND NOT EXISTS (SELECT FROM elastic_ip_pools o WHERE o.name = :name AND o.id <> :id)
                """)
            .param("name", pool.name())
            .param("remark", pool.remark())
            .param("version", pool.version())
            .param("id", pool.id().text())
            .update()
        == 1;
  }

  void delete(ElasticIpPoolId id) {
    db.sql("DELETE FROM elastic_ip_pools WHERE id = :id").param("id", id.text()).update();
  }

  /** The pool, whose elastic IPs stay as many as they are until the transaction ends. */
  Optional<ElasticIpPool> lock(ElasticIpPoolId id) {
    return db.sql("SELECT id FROM elastic_ip_pools WHERE id = :id FOR UPDATE")
        .param("id", id.text())
        .query(String.class)
        .optional()
        .flatMap(_ -> find(id));
  }

  Optional<ElasticIpPool> find(ElasticIpPoolId id) {
    return db.sql("SELECT * FROM (" + POOLS + ") AS found WHERE id = :id")
        .param("id", id.text())
        .query(ElasticIpPoolStore::pool)
        .optional();
  }

  /** The pools of a data centre, those with a default route first. */
  List<ElasticIpPool> in(DataCenterId dataCenter) {
    return db.sql(
            "SELECT * FROM ("
                + POOLS
                + ") AS found WHERE data_center_id = :dataCenter ORDER BY default_route DESC, name")
        .param("dataCenter", dataCenter.text())
        .query(ElasticIpPoolStore::pool)
        .list();
  }

  Page<ElasticIpPool> page(PageRequest request) {
    return Listing.page(db, POOLS, Map.of(), request, ElasticIpPoolStore::pool);
  }

  /** The range of a pool of the data centre that has an address of this one, if there is one. */
  Optional<String> overlapping(DataCenterId dataCenter, AddressSpan range) {
    return db.sql(
            """
            SELECT r.said || ' of the pool ''' || p.name || '''' FROM elastic_ip_ranges r
            JOIN elastic_ip_pools p ON p.id = r.pool_id
            WHERE r.data_center_id = :dataCenter AND r.lowest <= :highest::inet AND r.highest >= :lowest::inet LIMIT 1
            """)
        .param("dataCenter", dataCenter.text())
        .param("lowest", range.lowest().text())
        .param("highest", range.highest().text())
        .query(String.class)
        .optional();
  }

  /** Whether the address is one of the pool's. */
  boolean has(ElasticIpPoolId pool, IpAddress address) {
    return db.sql(
            """
            SELECT EXISTS (SELECT FROM elastic_ip_ranges
              WHERE pool_id = :pool AND :address::inet BETWEEN lowest AND highest)
            """)
        .param("pool", pool.text())
        .param("address", address.text())
        .query(Boolean.class)
        .single();
  }

  /**
   * The lowest address of the pool that no tenant has and no node serves: the first one of a range,
   * or one behind a taken one.
   */
  Optional<IpAddress> lowestFree(ElasticIpPool pool) {
    return db.sql(
            """
            WITH taken AS (
              SELECT address FROM elastic_ips WHERE data_center_id = :dataCenter
              UNION
              SELECT address FROM served_addresses WHERE data_center_id = :dataCenter AND network = '')
            SELECT host(min(candidate)) FROM (
              SELECT lowest AS candidate FROM elastic_ip_ranges WHERE pool_id = :pool
              UNION ALL
              SELECT address + 1 FROM taken) AS candidates
            WHERE EXISTS (
                SELECT FROM elastic_ip_ranges WHERE pool_id = :pool AND candidate BETWEEN lowest AND highest)
              AND NOT EXISTS (SELECT FROM taken WHERE address = candidate)
            """)
        .param("dataCenter", pool.dataCenterId().text())
        .param("pool", pool.id().text())
        .query((row, _) -> Optional.ofNullable(row.getString(1)).map(IpAddress::new))
        .single();
  }

  private static ElasticIpPool pool(ResultSet row, int number) throws SQLException {
    long addresses = row.getLong("address_count");
    return new ElasticIpPool(
        new ElasticIpPoolId(row.getString("id")),
        new DataCenterId(row.getString("data_center_id")),
        row.getString("name"),
        row.getString("remark"),
        Stream.of((String[]) row.getArray("ranges").getArray()).map(AddressSpan::new).toList(),
        row.getBoolean("default_route"),
        addresses,
        addresses - row.getLong("taken"),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }
}
