package dev.poise.server.loadbalancer;

import dev.poise.server.loadbalancer.VpcNetworks.Isolated;
import dev.poise.server.network.Segment;
import dev.poise.server.network.SubnetId;
import dev.poise.server.platform.Questions.Question;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.InterfaceAddress;
import dev.poise.spec.IpAddress;
import dev.poise.spec.NodeId;
import dev.poise.spec.SpecJson;
import dev.poise.spec.VpcId;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Rows of what nodes need to know of VPCs. Nodes serve all tenants, so these are queries that name
 * none.
 */
@Component
class VpcNetworkStore {
  private final JdbcClient db;

  VpcNetworkStore(JdbcClient db) {
    this.db = db;
  }

  /** A subnet in which a node should have an address. */
  record Lacking(TenantId tenant, SubnetId subnet) {}

  /** Asks for the networks in which the cluster has load balancers. */
  static Question networks(ClusterId cluster, Consumer<Isolated> answers) {
    return new Question(
        """
        SELECT v.id, v.segment FROM vpcs v WHERE v.segment ->> 'type' <> 'HOST' AND EXISTS (
          SELECT FROM load_balancers l WHERE l.vpc_id = v.id AND l.cluster_id = ? AND l.delete_time IS NULL)
        ORDER BY v.id
        """,
        List.of(cluster.text()),
        row ->
            answers.accept(
                new Isolated(
                    new VpcId(row.getString("id")),
                    SpecJson.read(row.getString("segment"), Segment.class))));
  }

  /** The addresses that the node has in the VPC. */
  List<InterfaceAddress> addressesOf(NodeId node, VpcId vpc) {
    return db.sql(
            """
            SELECT host(a.address) AS address, masklen(s.cidr) AS bits
            FROM subnet_addresses a JOIN subnets s ON s.id = a.subnet_id
            WHERE s.vpc_id = :vpc AND a.holder_id = :node AND starts_with(a.holder_id, 'node_') ORDER BY a.address
            """)
        .param("vpc", vpc.text())
        .param("node", node.text())
        .query((row, _) ->
            new InterfaceAddress(new IpAddress(row.getString("address")), row.getInt("bits")))
        .list();
  }

  /** The subnets with a VXLAN in which the cluster has load balancers and the node no address. */
  List<Lacking> lacking(NodeId node, ClusterId cluster) {
    return db.sql(
            """
            SELECT DISTINCT l.tenant_id, l.subnet_id FROM load_balancers l JOIN vpcs v ON v.id = l.vpc_id
            WHERE l.cluster_id = :cluster AND v.segment ->> 'type' = 'VXLAN' AND l.delete_time IS NULL
              AND NOT EXISTS (SELECT FROM subnet_addresses a
                WHERE a.subnet_id = l.subnet_id AND a.holder_id = :node AND starts_with(a.holder_id, 'node_'))
            ORDER BY l.subnet_id
            """)
        .param("cluster", cluster.text())
        .param("node", node.text())
        .query((row, _) ->
            new Lacking(
                new TenantId(row.getString("tenant_id")), new SubnetId(row.getString("subnet_id"))))
        .list();
  }

  /** The clusters with load balancers in the VPC, in the order of their ids. */
  List<ClusterId> clustersOf(VpcId vpc) {
    return db.sql(
            "SELECT DISTINCT cluster_id FROM load_balancers WHERE vpc_id = :vpc ORDER BY"
                + " cluster_id")
        .param("vpc", vpc.text())
        .query((row, _) -> new ClusterId(row.getString(1)))
        .list();
  }
}
