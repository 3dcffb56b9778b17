package dev.poise.server.network;

import dev.poise.server.platform.TenantId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Rows of addresses: those given out of subnets, and those that nodes serve. Nodes serve all
 * tenants, so whether an address is served is asked without one.
 */
@Component
class AddressStore {
  /** The network that nodes are in themselves; others are called by their VPC. */
  static final String OF_NODES = "";

  private final JdbcClient db;

  AddressStore(JdbcClient db) {
    this.db = db;
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

  /** Who has the address of the subnet, if somebody has. */
  Optional<String> holder(TenantId tenant, SubnetId subnet, IpAddress address) {
    return db.sql(
            """
            SELECT holder_id FROM subnet_addresses
            WHERE tenant_id = :tenant AND subnet_id = :subnet AND address = :address::inet
            """)
        .param("tenant", tenant.text())
        .param("subnet", subnet.text())
        .param("address", address.text())
        .query(String.class)
        .optional();
  }

  /** Who has addresses of the subnet, but for the subnet itself. */
  List<String> holders(TenantId tenant, SubnetId subnet) {
    return db.sql(
            """
            SELECT DISTINCT holder_id FROM subnet_addresses
            WHERE tenant_id = :tenant AND subnet_id = :subnet AND holder_id <> :subnet ORDER BY holder_id
            """)
        .param("tenant", tenant.text())
        .param("subnet", subnet.text())
        .query((row, _) -> row.getString(1))
        .list();
  }

  /**
   * The lowest address of the subnet that nobody has and that the cluster's nodes do not serve for
   * another network: the first one, or one behind a taken one.
   */
  Optional<IpAddress> lowestFree(
      TenantId tenant, Subnet subnet, ClusterId cluster, String network) {
    return db.sql(
            """
            WITH taken AS (
              SELECT address FROM subnet_addresses WHERE tenant_id = :tenant AND subnet_id = :subnet
              UNION
              SELECT address FROM served_addresses
              WHERE cluster_id = :cluster AND network = :network AND address BETWEEN :lowest::inet AND :highest::inet)
            SELECT host(min(candidate)) FROM (
              SELECT :lowest::inet AS candidate UNION ALL SELECT address + 1 FROM taken) AS candidates
            WHERE candidate BETWEEN :lowest::inet AND :highest::inet
              AND NOT EXISTS (SELECT FROM taken WHERE address = candidate)
            """)
        .param("lowest", subnet.cidr().lowest().text())
        .param("highest", subnet.cidr().highest().text())
        .param("tenant", tenant.text())
        .param("subnet", subnet.id().text())
        .param("cluster", cluster.text())
        .param("network", network)
        .query((row, _) -> Optional.ofNullable(row.getString(1)).map(IpAddress::new))
        .single();
  }

  void release(TenantId tenant, SubnetId subnet, IpAddress address, String holder) {
    db.sql(
            """
            DELETE FROM subnet_addresses
            WHERE tenant_id = :tenant AND subnet_id = :subnet AND address = :address::inet AND holder_id = :holder
            """)
        .param("tenant", tenant.text())
        .param("subnet", subnet.text())
        .param("address", address.text())
        .param("holder", holder)
        .update();
  }

  void release(TenantId tenant, String holder) {
    db.sql("DELETE FROM subnet_addresses WHERE tenant_id = :tenant AND holder_id = :holder")
        .param("tenant", tenant.text())
        .param("holder", holder)
        .update();
  }

  /**
   * Notes that the nodes of the load balancer's cluster serve the address for it; false if they
   * have it for another one, or do not yet let go of it.
   */
  boolean serve(
      TenantId tenant,
      DataCenterId dataCenter,
      ClusterId cluster,
      String network,
      LoadBalancerId loadBalancer,
      IpAddress address) {
    return db.sql(
                """
                INSERT INTO served_addresses
                  (cluster_id, network, address, data_center_id, tenant_id, load_balancer_id)
                VALUES (:cluster, :network, :address::inet, :dataCenter, :tenant, :loadBalancer)
                ON CONFLICT (cluster_id, network, address) DO UPDATE SET leaving_generation = NULL, leaving_revision = NULL
                  WHERE served_addresses.load_balancer_id = excluded.load_balancer_id
                """)
            .param("cluster", cluster.text())
            .param("network", network)
            .param("address", address.text())
            .param("dataCenter", dataCenter.text())
            .param("tenant", tenant.text())
            .param("loadBalancer", loadBalancer.text())
            .update()
        == 1;
  }

  /** Whether nodes of the data centre have the address in their own network. */
  boolean isServed(DataCenterId dataCenter, IpAddress address) {
    return db.sql(
            """
            SELECT EXISTS (SELECT FROM served_addresses
              WHERE data_center_id = :dataCenter AND network = '' AND address = :address::inet)
            """)
        .param("dataCenter", dataCenter.text())
        .param("address", address.text())
        .query(Boolean.class)
        .single();
  }

  /** Whether nodes of the data centre have it in their own network for another load balancer. */
  boolean isServedForAnother(
      DataCenterId dataCenter, LoadBalancerId loadBalancer, IpAddress address) {
    return db.sql(
            """
            SELECT EXISTS (SELECT FROM served_addresses
              WHERE data_center_id = :dataCenter AND network = '' AND address = :address::inet
                AND load_balancer_id <> :loadBalancer)
            """)
        .param("dataCenter", dataCenter.text())
        .param("address", address.text())
        .param("loadBalancer", loadBalancer.text())
        .query(Boolean.class)
        .single();
  }

  /** The address that a node has in a subnet. */
  Optional<IpAddress> addressOf(SubnetId subnet, NodeId node) {
    return db.sql(
            """
            SELECT host(address) FROM subnet_addresses
            WHERE holder_id = :node AND subnet_id = :subnet AND starts_with(holder_id, 'node_')
            """)
        .param("node", node.text())
        .param("subnet", subnet.text())
        .query((row, _) -> new IpAddress(row.getString(1)))
        .optional();
  }

  void releaseNodes() {
    db.sql(
            """
            DELETE FROM subnet_addresses a WHERE starts_with(a.holder_id, 'node_') AND NOT EXISTS (
              SELECT FROM nodes n JOIN load_balancers l ON l.cluster_id = n.cluster_id
              WHERE n.id = a.holder_id AND n.revoke_time IS NULL AND l.subnet_id = a.subnet_id)
            """)
        .update();
  }

  /** Notes that a load balancer gives up an address in the nodes' own network. */
  void leave(
      TenantId tenant,
      LoadBalancerId loadBalancer,
      IpAddress address,
      long generation,
      long revision) {
    db.sql(
            """
            UPDATE served_addresses SET leaving_generation = :generation, leaving_revision = :revision
            WHERE tenant_id = :tenant AND load_balancer_id = :loadBalancer AND network = '' AND address = :address::inet
            """)
        .param("generation", generation)
        .param("revision", revision)
        .param("tenant", tenant.text())
        .param("loadBalancer", loadBalancer.text())
        .param("address", address.text())
        .update();
  }

  void stopServing(TenantId tenant, LoadBalancerId loadBalancer) {
    db.sql(
            "DELETE FROM served_addresses WHERE tenant_id = :tenant AND load_balancer_id ="
                + " :loadBalancer")
        .param("tenant", tenant.text())
        .param("loadBalancer", loadBalancer.text())
        .update();
  }

  /** Forgets addresses of the cluster that were left and that every node let go of. */
  int forgetLeft(ClusterId cluster) {
    return db.sql(
            """
            DELETE FROM served_addresses s WHERE s.cluster_id = :cluster AND s.leaving_revision IS NOT NULL
              AND NOT EXISTS (
                SELECT FROM nodes n JOIN node_observations o ON o.node_id = n.id
                WHERE n.cluster_id = s.cluster_id AND n.revoke_time IS NULL AND o.accepted_revision < s.leaving_revision)
              AND NOT EXISTS (
                SELECT FROM load_balancer_observations o
                WHERE o.load_balancer_id = s.load_balancer_id
                  AND (o.report -> 'serving' ->> 'generation')::bigint < s.leaving_generation)
            """)
        .param("cluster", cluster.text())
        .update();
  }
}
