package dev.poise.server.network;

import dev.poise.server.platform.Listing;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.VpcId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** Rows of instances. */
@Component
class InstanceStore {
  private static final String INSTANCES =
      """
      SELECT i.id, i.creator_id, i.vpc_id, v.data_center_id, i.name, i.remark, i.addresses, i.version, i.create_time,
        concat_ws(' ', i.id, i.name, i.remark, array_to_string(i.addresses, ' ')) AS search
      FROM instances i JOIN vpcs v ON v.id = i.vpc_id WHERE i.tenant_id = :tenant
      """;

  private final JdbcClient db;

  InstanceStore(JdbcClient db) {
    this.db = db;
  }

  /** How a row is held until the transaction ends. */
  enum Hold {
    /** Others may look at it and name it. */
    UNCHANGED("FOR SHARE"),
    /** Nobody else may begin to name it. */
    ALONE("FOR UPDATE");

    private final String clause;

    Hold(String clause) {
      this.clause = clause;
    }
  }

  /** Whether it was added; false if the VPC has one of that name. */
  boolean insert(TenantId tenant, Instance it) {
    return said(
                db.sql(
                    """
                    INSERT INTO instances
                      (id, tenant_id, creator_id, vpc_id, name, remark, addresses, version, create_time)
                    VALUES (:id, :tenant, :creator, :vpc, :name, :remark, :addresses, :version, :time)
                    ON CONFLICT (vpc_id, name) DO NOTHING
                    """),
                tenant,
                it)
            .param("creator", it.creatorId())
            .param("vpc", it.vpcId().text())
            .param("time", Timestamp.from(it.createTime()))
            .update()
        == 1;
  }

  /** Whether it was written; false if the VPC has another one of that name. */
  boolean update(TenantId tenant, Instance it) {
    return said(
                db.sql(
                    """
                    UPDATE instances SET name = :name, remark = :remark, addresses = :addresses, version = :version
                    WHERE tenant_id = :tenant AND id = :id AND NOT EXISTS (
                      SELECT FROM instances o WHERE o.vpc_id = instances.vpc_id AND o.name = :name AND o.id <> :id)
                    """),
                tenant,
                it)
            .update()
        == 1;
  }

  private static StatementSpec said(StatementSpec statement, TenantId tenant, Instance it) {
    return statement
        .param("id", it.id().text())
        .param("tenant", tenant.text())
        .param("name", it.name())
        .param("remark", it.remark())
        .param("addresses", it.addresses().stream().map(IpAddress::text).toArray(String[]::new))
        .param("version", it.version());
  }

  void delete(TenantId tenant, InstanceId id) {
    db.sql("DELETE FROM instances WHERE tenant_id = :tenant AND id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .update();
  }

  Optional<Instance> find(TenantId tenant, InstanceId id) {
    return db.sql("SELECT * FROM (" + INSTANCES + ") AS found WHERE id = :id")
        .param("tenant", tenant.text())
        .param("id", id.text())
        .query(InstanceStore::instance)
        .optional();
  }

  /** Those of the instances that are there, in the order of their ids. */
  List<Instance> hold(TenantId tenant, Collection<InstanceId> ids, Hold hold) {
    String[] texts = ids.stream().map(InstanceId::text).toArray(String[]::new);
    db.sql(
            "SELECT id FROM instances WHERE tenant_id = :tenant AND id = ANY(:ids) ORDER BY id "
                + hold.clause)
        .param("tenant", tenant.text())
        .param("ids", texts)
        .query()
        .listOfRows();
    return db.sql("SELECT * FROM (" + INSTANCES + ") AS found WHERE id = ANY(:ids) ORDER BY id")
        .param("tenant", tenant.text())
        .param("ids", texts)
        .query(InstanceStore::instance)
        .list();
  }

  /** Those of the VPC that have one of the names. */
  List<Instance> named(TenantId tenant, VpcId vpc, Collection<String> names) {
    return db.sql(
            "SELECT * FROM (" + INSTANCES + ") AS found WHERE vpc_id = :vpc AND name = ANY(:names)")
        .param("tenant", tenant.text())
        .param("vpc", vpc.text())
        .param("names", names.toArray(String[]::new))
        .query(InstanceStore::instance)
        .list();
  }

  Page<Instance> page(TenantId tenant, PageRequest request) {
    return Listing.page(
        db, INSTANCES, Map.of("tenant", tenant.text()), request, InstanceStore::instance);
  }

  private static Instance instance(ResultSet row, int number) throws SQLException {
    return new Instance(
        new InstanceId(row.getString("id")),
        row.getString("creator_id"),
        new VpcId(row.getString("vpc_id")),
        new DataCenterId(row.getString("data_center_id")),
        row.getString("name"),
        row.getString("remark"),
        Stream.of((String[]) row.getArray("addresses").getArray()).map(IpAddress::new).toList(),
        row.getLong("version"),
        row.getTimestamp("create_time").toInstant());
  }
}
