package dev.poise.server.network;

import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.SpecJson;
import dev.poise.spec.VpcId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of data centres, VPCs and subnets. */
@Component
class NetworkStore {
  private static final String DATA_CENTERS =
      """
      SELECT id, name, remark, version, create_time, id || ' ' || name || ' ' || remark AS search FROM data_centers
      """;
  private static final String VPCS =
      """
      SELECT id, creator_id, data_center_id, name, remark, segment, version, create_time,
        id || ' ' || name || ' ' || remark AS search
      FROM vpcs WHERE tenant_id = :tenant
      """;
  private static final String SUBNETS =
      """
      SELECT s.id, s.creator_id, s.vpc_id, v.data_center_id, s.name, s.remark, s.cidr, host(s.gateway) AS gateway,
        s.version, s.create_time, (SELECT count(*) FROM subnet_addresses a WHERE a.subnet_id = s.id) AS taken,
        s.id || ' ' || s.name || ' ' || s.remark || ' ' || s.cidr AS search
      FROM subnets s JOIN vpcs v ON v.id = s.vpc_id WHERE s.tenant_id = :tenant
      """;

  private final JdbcClient db;

  NetworkStore(JdbcClient db) {
    this.db = db;
  }

  /** Whether it was added; false if the name is taken. */
  boolean insert(DataCenter dataCenter) {
    return db.sql(
                """
                INSERT INTO data_centers (id, name, remark, version, create_time)
                VALUES (:id, :name, :remark, :version, :time)
                ON CONFLICT (name) DO NOTHING
                """)
            .param("id", dataCenter.id().text())
            .param("name", dataCenter.name())
            .param("remark", dataCenter.remark())
            .param("version", dataCenter.version())
            .param("time", Timestamp.from(dataCenter.createTime()))
            .update()
        == 1;
  }

  /** Whether it was added; false if the tenant has that name in the data centre. */
  boolean insert(TenantId tenant, Vpc vpc) {
    return db.sql(
                """
                INSERT INTO vpcs
                  (id, tenant_id, creator_id, data_center_id, name, remark, segment, version, create_time)
                VALUES (:id, :tenant, :creator, :dataCenter, :name, :remark, :segment::jsonb, :version, :time)
                ON CONFLICT (tenant_id, data_center_id, name) DO NOTHING
                """)
            .param("id", vpc.id().text())
            .param("tenant", tenant.text())
            .param("creator", vpc.creatorId())
            .param("dataCenter", vpc.dataCenterId().text())
            .param("name", vpc.name())
            .param("remark", vpc.remark())
            .param("segment", SpecJson.write(vpc.segment()))
            .param("version", vpc.version())
            .param("time", Timestamp.from(vpc.createTime()))
            .update()
        == 1;
  }

  /** Whether it was added; false if the VPC has that name. */
  boolean insert(TenantId tenant, Subnet subnet) {
    return db.sql(
                """
                INSERT INTO subnets
                  (id, tenant_id, creator_id, vpc_id, name, remark, cidr, gateway, version, create_time)
                VALUES (:id, :tenant, :creator, :vpc, :name, :remark, :cidr::cidr, :gateway::inet, :version, :time)
                ON CONFLICT (vpc_id, name) DO NOTHING
                """)
            .param("id", subnet.id().text())
            .param("tenant", tenant.text())
            .param("creator", subnet.creatorId())
            .param("vpc", subnet.vpcId().text())
            .param("name", subnet.name())
            .param("remark", subnet.remark())
            .param("cidr", subnet.cidr().text())
            .param("gateway", subnet.gateway() == null ? null : subnet.gateway().text())
            .param("version", subnet.version())
            .param("time", Timestamp.from(subnet.createTime()))
            .update()
        == 1;
  }

  Optional<DataCenter> dataCenter(DataCenterId id) {
    return db.sql("SELECT * FROM (" + DATA_CENTERS + ") AS found WHERE id = :id")
        .param("id", id.text())
        .query(NetworkStore::dataCenter)
        .optional();
  }

  Optional<Vpc> vpc(TenantId tenant, VpcId id) {
    return db.sql("SELECT * FROM (" + VPCS + ") AS found WHERE id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(NetworkStore::vpc)
        .optional();
  }

  Optional<Subnet> subnet(TenantId tenant, SubnetId id) {
    return db.sql("SELECT * FROM (" + SUBNETS + ") AS found WHERE id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(NetworkStore::subnet)
        .optional();
  }

  Page<DataCenter> dataCenters(PageRequest request) {
    return Listing.page(db, DATA_CENTERS, Map.of(), request, NetworkStore::dataCenter);
  }

  Page<Vpc> vpcs(TenantId tenant, PageRequest request) {
    return Listing.page(db, VPCS, Map.of("tenant", tenant.text()), request, NetworkStore::vpc);
  }

  Page<Subnet> subnets(TenantId tenant, PageRequest request) {
    return Listing.page(
        db, SUBNETS, Map.of("tenant", tenant.text()), request, NetworkStore::subnet);
  }

  /** The data centre, to which nobody can add anything until the transaction ends. */
  Optional<DataCenter> lock(DataCenterId id) {
    return db.sql("SELECT id FROM data_centers WHERE id = :id FOR UPDATE")
        .param("id", id.text())
        .query(String.class)
        .optional()
        .flatMap(_ -> dataCenter(id));
  }

  /** The VPC, to which nobody can add anything until the transaction ends. */
  Optional<Vpc> lock(TenantId tenant, VpcId id) {
    return db.sql("SELECT id FROM vpcs WHERE tenant_id = :tenant AND id = :id FOR UPDATE")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(String.class)
        .optional()
        .flatMap(_ -> vpc(tenant, id));
  }

  /** The subnet, of which nobody is given an address until the transaction ends. */
  Optional<Subnet> lock(TenantId tenant, SubnetId id) {
    return db.sql("SELECT id FROM subnets WHERE tenant_id = :tenant AND id = :id FOR UPDATE")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(String.class)
        .optional()
        .flatMap(_ -> subnet(tenant, id));
  }

  /** Whether it was written; false if another one has that name. */
  boolean update(DataCenter it) {
    return db.sql(
                """
                UPDATE data_centers SET name = :name, remark = :remark, version = :version
                WHERE id = :id AND NOT EXISTS (SELECT FROM data_centers o WHERE o.name = :name AND o.id <> :id)
                """)
            .param("name", it.name())
            .param("remark", it.remark())
            .param("version", it.version())
            .param("id", it.id().text())
            .update()
        == 1;
  }

  /** Whether it was written; false if the tenant has another one of that name there. */
  boolean update(TenantId tenant, Vpc it) {
    return db.sql(
                """
                UPDATE vpcs SET name = :name, remark = :remark, segment = :segment::jsonb, version = :version
                WHERE tenant_id = :tenant AND id = :id AND NOT EXISTS (
                  SELECT FROM vpcs o WHERE o.tenant_id = vpcs.tenant_id
                    AND o.data_center_id = vpcs.data_center_id AND o.name = :name AND o.id <> :id)
                """)
            .param("name", it.name())
            .param("remark", it.remark())
            .param("segment", SpecJson.write(it.segment()))
            .param("version", it.version())
            .param("tenant", tenant.text())
            .param("id", it.id().text())
            .update()
        == 1;
  }

  /** Whether it was written; false if the VPC has another one of that name. */
  boolean update(TenantId tenant, Subnet it) {
    return db.sql(
                """
                UPDATE subnets SET name = :name, remark = :remark, version = :version
                WHERE tenant_id = :tenant AND id = :id AND NOT EXISTS (
                  SELECT FROM subnets o WHERE o.vpc_id = subnets.vpc_id AND o.name = :name AND o.id <> :id)
                """)
            .param("name", it.name())
            .param("remark", it.remark())
            .param("version", it.version())
            .param("tenant", tenant.text())
            .param("id", it.id().text())
            .update()
        == 1;
  }

  void delete(DataCenterId id) {
    db.sql("DELETE FROM data_centers WHERE id = :id").param("id", id.text()).update();
  }

  void delete(TenantId tenant, VpcId id) {
    db.sql("DELETE FROM vpcs WHERE tenant_id = :tenant AND id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  void delete(TenantId tenant, SubnetId id) {
    db.sql("DELETE FROM subnets WHERE tenant_id = :tenant AND id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  /** The subnet of the VPC that has the address, if there is one. */
  Optional<Subnet> subnetOf(TenantId tenant, VpcId vpc, IpAddress address) {
    return db.sql(
            "SELECT * FROM ("
                + SUBNETS
                + ") AS found WHERE vpc_id = :vpc AND cidr >> :address::inet")
        .param("tenant", tenant.text())
        .param("vpc", vpc.text())
        .param("address", address.text())
        .query(NetworkStore::subnet)
        .optional();
  }

  /** What keeps a VPC from being deleted. */
  List<String> contents(TenantId tenant, VpcId vpc) {
    return db.sql(
            """
            SELECT format('subnet %L (%s)', name, id) FROM subnets WHERE tenant_id = :tenant AND vpc_id = :vpc
            UNION ALL
            SELECT format('instance %L (%s)', name, id) FROM instances WHERE tenant_id = :tenant AND vpc_id = :vpc
            """)
        .param("tenant", tenant.text())
        .param("vpc", vpc.text())
        .query((row, _) -> row.getString(1))
        .list();
  }

  /** What keeps a data centre from being deleted, of all tenants: kinds and numbers. */
  List<String> contents(DataCenterId dataCenter) {
    return db.sql(
            """
            SELECT count(*) || ' ' || kind FROM (
              SELECT 'VPCs' AS kind FROM vpcs WHERE data_center_id = :id
              UNION ALL SELECT 'clusters' FROM clusters WHERE data_center_id = :id
              UNION ALL SELECT 'certificates' FROM certificates WHERE data_center_id = :id
              UNION ALL SELECT 'pools of elastic IPs' FROM elastic_ip_pools WHERE data_center_id = :id
              UNION ALL SELECT 'security groups' FROM security_groups WHERE data_center_id = :id
            ) AS users GROUP BY kind ORDER BY kind
            """)
        .param("id", dataCenter.text())
        .query((row, _) -> row.getString(1))
        .list();
  }

  /** The subnet of the VPC that has an address of that range, if there is one. */
  Optional<String> overlapping(TenantId tenant, VpcId vpc, Cidr cidr) {
    return db.sql(
            """
            SELECT name || ' (' || cidr || ')' FROM subnets
            WHERE tenant_id = :tenant AND vpc_id = :vpc AND cidr && :cidr::cidr LIMIT 1
            """)
        .param("tenant", tenant.text())
        .param("vpc", vpc.text())
        .param("cidr", cidr.text())
        .query(String.class)
        .optional();
  }

  private static DataCenter dataCenter(ResultSet row, int number) throws SQLException {
    return new DataCenter(
        new DataCenterId(row.getString("id")),
        row.getString("name"),
        row.getString("remark"),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }

  private static Vpc vpc(ResultSet row, int number) throws SQLException {
    return new Vpc(
        new VpcId(row.getString("id")),
        row.getString("creator_id"),
        new DataCenterId(row.getString("data_center_id")),
        row.getString("name"),
        row.getString("remark"),
        SpecJson.read(row.getString("segment"), Segment.class),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }

  private static Subnet subnet(ResultSet row, int number) throws SQLException {
    Cidr cidr = new Cidr(row.getString("cidr"));
    @Nullable String gateway = row.getString("gateway");
    return new Subnet(
        new SubnetId(row.getString("id")),
        row.getString("creator_id"),
        new VpcId(row.getString("vpc_id")),
        new DataCenterId(row.getString("data_center_id")),
        row.getString("name"),
        row.getString("remark"),
        cidr,
        gateway == null ? null : new IpAddress(gateway),
        cidr.size(),
        cidr.size() - row.getLong("taken"),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }
}
