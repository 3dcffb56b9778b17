package dev.poise.server.network;

import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.IpAddress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of data centres, VPCs, subnets and given-out addresses. */
@Component
class NetworkStore {
  private static final String DATA_CENTERS =
      """
      SELECT id, name, remark, create_time, id || ' ' || name || ' ' || remark AS search FROM data_centers
      """;
  private static final String VPCS =
      """
      SELECT id, creator_id, data_center_id, name, remark, create_time, id || ' ' || name || ' ' || remark AS search
      FROM vpcs WHERE tenant_id = :tenant
      """;
  private static final String SUBNETS =
      """
      SELECT s.id, s.creator_id, s.vpc_id, v.data_center_id, s.name, s.remark, s.cidr, s.create_time,
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
                INSERT INTO data_centers (id, name, remark, create_time) VALUES (:id, :name, :remark, :time)
                ON CONFLICT (name) DO NOTHING
                """)
            .param("id", dataCenter.id().text())
            .param("name", dataCenter.name())
            .param("remark", dataCenter.remark())
            .param("time", Timestamp.from(dataCenter.createTime()))
            .update()
        == 1;
  }

  /** Whether it was added; false if the tenant has that name in the data centre. */
  boolean insert(TenantId tenant, Vpc vpc) {
    return db.sql(
                """
                INSERT INTO vpcs (id, tenant_id, creator_id, data_center_id, name, remark, create_time)
                VALUES (:id, :tenant, :creator, :dataCenter, :name, :remark, :time)
                ON CONFLICT (tenant_id, data_center_id, name) DO NOTHING
                """)
            .param("id", vpc.id().text())
            .param("tenant", tenant.text())
            .param("creator", vpc.creatorId())
            .param("dataCenter", vpc.dataCenterId().text())
            .param("name", vpc.name())
            .param("remark", vpc.remark())
            .param("time", Timestamp.from(vpc.createTime()))
            .update()
        == 1;
  }

  /** Whether it was added; false if the VPC has that name. */
  boolean insert(TenantId tenant, Subnet subnet) {
    return db.sql(
                """
                INSERT INTO subnets (id, tenant_id, creator_id, vpc_id, name, remark, cidr, create_time)
                VALUES (:id, :tenant, :creator, :vpc, :name, :remark, :cidr::cidr, :time)
                ON CONFLICT (vpc_id, name) DO NOTHING
                """)
            .param("id", subnet.id().text())
            .param("tenant", tenant.text())
            .param("creator", subnet.creatorId())
            .param("vpc", subnet.vpcId().text())
            .param("name", subnet.name())
            .param("remark", subnet.remark())
            .param("cidr", subnet.cidr().text())
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

  /** Keeps others from adding subnets to the VPC until the transaction ends. */
  void lockVpc(TenantId tenant, VpcId id) {
    db.sql("SELECT id FROM vpcs WHERE tenant_id = :tenant AND id = :id FOR UPDATE")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(String.class)
        .optional();
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

  /** Gives one address to a holder; false if somebody has it. */
  boolean take(TenantId tenant, SubnetId subnet, IpAddress address, String holder) {
    return db.sql(
                """
                INSERT INTO subnet_addresses (subnet_id, address, tenant_id, holder_id)
                VALUES (:subnet, :address::inet, :tenant, :holder)
                ON CONFLICT (subnet_id, address) DO NOTHING
                """)
            .param("subnet", subnet.text())
            .param("address", address.text())
            .param("tenant", tenant.text())
            .param("holder", holder)
            .update()
        == 1;
  }

  /**
   * The lowest address between the two that nobody has: the first one, or one behind a given-out
   * one.
   */
  Optional<IpAddress> lowestFree(TenantId tenant, Subnet subnet) {
    return db.sql(
            """
            SELECT host(min(candidate)) FROM (
              SELECT :lowest::inet AS candidate
              UNION ALL
              SELECT address + 1 FROM subnet_addresses WHERE tenant_id = :tenant AND subnet_id = :subnet
            ) AS candidates
            WHERE candidate BETWEEN :lowest::inet AND :highest::inet
              AND NOT EXISTS (
                SELECT FROM subnet_addresses WHERE subnet_id = :subnet AND address = candidate)
            """)
        .param("lowest", subnet.cidr().lowest().text())
        .param("highest", subnet.cidr().highest().text())
        .param("tenant", tenant.text())
        .param("subnet", subnet.id().text())
        .query((row, _) -> Optional.ofNullable(row.getString(1)).map(IpAddress::new))
        .single();
  }

  void release(TenantId tenant, String holder) {
    db.sql("DELETE FROM subnet_addresses WHERE tenant_id = :tenant AND holder_id = :holder")
        .param("tenant", tenant.text())
        .param("holder", holder)
        .update();
  }

  private static DataCenter dataCenter(ResultSet row, int number) throws SQLException {
    return new DataCenter(
        new DataCenterId(row.getString("id")),
        row.getString("name"),
        row.getString("remark"),
        row.getTimestamp("create_time").toInstant());
  }

  private static Vpc vpc(ResultSet row, int number) throws SQLException {
    return new Vpc(
        new VpcId(row.getString("id")),
        row.getString("creator_id"),
        new DataCenterId(row.getString("data_center_id")),
        row.getString("name"),
        row.getString("remark"),
        row.getTimestamp("create_time").toInstant());
  }

  private static Subnet subnet(ResultSet row, int number) throws SQLException {
    return new Subnet(
        new SubnetId(row.getString("id")),
        row.getString("creator_id"),
        new VpcId(row.getString("vpc_id")),
        new DataCenterId(row.getString("data_center_id")),
        row.getString("name"),
        row.getString("remark"),
        new Cidr(row.getString("cidr")),
        row.getTimestamp("create_time").toInstant());
  }
}
