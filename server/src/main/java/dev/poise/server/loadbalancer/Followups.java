package dev.poise.server.loadbalancer;

import dev.poise.server.cluster.Clusters;
import dev.poise.server.event.Change;
import dev.poise.server.event.Events;
import dev.poise.server.event.What;
import dev.poise.server.network.Addresses;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.ClusterId;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberMode;
import java.sql.Array;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The things users asked for that end only when nodes say so: a member that drains is disabled when
 * its last connection ended, an elastic IP that is unbound is free for others when no node has it
 * any more, and a load balancer that is deleted is gone, its address free, when no node serves it
 * any more. Done after each report, each change in a transaction of its own. None is done on a
 * report alone: all were desired before.
 */
@Component
public final class Followups {
  private final JdbcClient db;
  private final TransactionTemplate transaction;
  private final LoadBalancers loadBalancers;
  private final LoadBalancerStore store;
  private final Statuses statuses;
  private final Addresses addresses;
  private final Clusters clusters;
  private final Events events;

  Followups(
      JdbcClient db,
      TransactionTemplate transaction,
      LoadBalancers loadBalancers,
      LoadBalancerStore store,
      Statuses statuses,
      Addresses addresses,
      Clusters clusters,
      Events events) {
    this.db = db;
    this.transaction = transaction;
    this.loadBalancers = loadBalancers;
    this.store = store;
    this.statuses = statuses;
    this.addresses = addresses;
    this.clusters = clusters;
    this.events = events;
  }

  private record Owned(TenantId tenant, LoadBalancerId id) {}

  /**
   * What there may be to do.
   *
   * @param deleted clusters that have deleted load balancers
   * @param left clusters with addresses that load balancers left
   */
  private record Due(boolean draining, List<ClusterId> deleted, List<ClusterId> left) {}

  /** Does what reports of nodes of the clusters made possible, about those load balancers. */
  public void after(Collection<ClusterId> clusters, Collection<LoadBalancerId> reported) {
    Due due = due(clusters, reported);
    if (due.draining()) finishDraining(reported);
    due.deleted().forEach(this::buryDeleted);
    for (ClusterId cluster : due.left())
      transaction.executeWithoutResult(_ -> addresses.forgetLeft(cluster));
  }

  /** After most reports there is nothing, so that is found out first, and all at once. */
  private Due due(Collection<ClusterId> clusters, Collection<LoadBalancerId> reported) {
    return db.sql(
            """
            SELECT
              EXISTS (SELECT FROM members m JOIN pools p ON p.id = m.pool_id
                WHERE m.mode = 'DRAINING' AND p.load_balancer_id = ANY(:ids)) AS draining,
              ARRAY(SELECT DISTINCT cluster_id FROM load_balancers
                WHERE cluster_id = ANY(:clusters) AND delete_time IS NOT NULL) AS deleted,
              ARRAY(SELECT DISTINCT cluster_id FROM served_addresses
                WHERE cluster_id = ANY(:clusters) AND leaving_revision IS NOT NULL) AS left_addresses
            """)
        .param("ids", texts(reported))
        .param("clusters", clusters.stream().map(ClusterId::text).toArray(String[]::new))
        .query((row, _) ->
            new Due(
                row.getBoolean("draining"),
                clusters(row.getArray("deleted")),
                clusters(row.getArray("left_addresses"))))
        .single();
  }

  private static List<ClusterId> clusters(Array ids) throws SQLException {
    return Arrays.stream((String[]) ids.getArray()).map(ClusterId::new).toList();
  }

  private static String[] texts(Collection<LoadBalancerId> ids) {
    return ids.stream().map(LoadBalancerId::text).toArray(String[]::new);
  }

  /** Disables members of those load balancers that drained and have nothing left. */
  private void finishDraining(Collection<LoadBalancerId> reported) {
    db.sql(
            """
            SELECT DISTINCT p.load_balancer_id AS id, p.tenant_id FROM members m JOIN pools p ON p.id = m.pool_id
            WHERE m.mode = 'DRAINING' AND p.load_balancer_id = ANY(:ids) ORDER BY id
            """)
        .param("ids", texts(reported))
        .query((row, _) ->
            new Owned(
                new TenantId(row.getString("tenant_id")), new LoadBalancerId(row.getString("id"))))
        .list()
        .forEach(owned -> transaction.executeWithoutResult(_ -> finishDraining(owned)));
  }

  private void finishDraining(Owned owned) {
    // Somebody may have deleted it meanwhile.
    if (store
        .find(owned.tenant(), Which.of(owned.id()))
        .filter(found -> !found.isBeingDeleted())
        .isEmpty()) return;
    loadBalancers.edit(
        Caller.system(owned.tenant()),
        owned.id(),
        new LoadBalancers.Edit("load-balancer.finish-draining", owned.id().text()),
        before -> {
          Status status = statuses.of(before);
          // Until every live node drains, the number of connections says nothing.
          if (status.state() != State.ACTIVE) return before;
          LoadBalancer after = before;
          for (Pool pool : before.pools())
            after = after.withChanged(pool.id(), it -> drained(it, status));
          return after;
        });
  }

  private static Pool drained(Pool pool, Status status) {
    return pool.withMembers(
        pool.members().stream()
            .map(member ->
                member.mode() == MemberMode.DRAINING
                        && status.member(member.id()).activeConnections() == 0
                    ? member.withMode(MemberMode.DISABLED)
                    : member)
            .toList(),
        pool.nextMemberNumber());
  }

  /** Forgets load balancers of the cluster that were deleted and that every node let go of. */
  private void buryDeleted(ClusterId cluster) {
    transaction.executeWithoutResult(_ -> bury(cluster));
  }

  /** The same everywhere: where no node is left to report, no report brings it about. */
  public void buryDeleted() {
    db.sql("SELECT DISTINCT cluster_id FROM load_balancers WHERE delete_time IS NOT NULL")
        .query((row, _) -> new ClusterId(row.getString("cluster_id")))
        .list()
        .forEach(this::buryDeleted);
  }

  private void bury(ClusterId cluster) {
    List<Owned> gone =
        db.sql(
                """
                SELECT l.id, l.tenant_id FROM load_balancers l
                WHERE l.cluster_id = :cluster AND l.delete_time IS NOT NULL
                  AND NOT EXISTS (SELECT FROM load_balancer_observations o WHERE o.load_balancer_id = l.id)
                  AND NOT EXISTS (
                    SELECT FROM nodes n JOIN node_observations o ON o.node_id = n.id
                    WHERE n.cluster_id = l.cluster_id AND n.revoke_time IS NULL AND o.accepted_revision < l.delete_revision)
                ORDER BY l.id FOR UPDATE OF l
                """)
            .param("cluster", cluster.text())
            .query((row, _) ->
                new Owned(
                    new TenantId(row.getString("tenant_id")),
                    new LoadBalancerId(row.getString("id"))))
            .list();
    if (gone.isEmpty()) return;
    for (Owned owned : gone) {
      store.bury(owned.tenant(), owned.id());
      addresses.release(owned.tenant(), owned.id());
      String id = owned.id().text();
      events.append(
          owned.tenant(),
          List.of(
              new Change(
                  "load-balancer", id, What.DELETED, new Change.About(id, null, null, false))));
    }
    addresses.releaseNodes();
    // The manifest does not list the tombstone any more, and another manifest needs another
    // revision.
    clusters.raiseRevision(cluster);
  }
}
