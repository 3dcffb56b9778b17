package dev.poise.server.loadbalancer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.network.ElasticAddress;
import dev.poise.server.network.InstanceId;
import dev.poise.server.network.SubnetId;
import dev.poise.server.securitygroup.SecurityGroupId;
import dev.poise.spec.Algorithm;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.ListenerReport;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberReport;
import dev.poise.spec.NodeId;
import dev.poise.spec.Persistence;
import dev.poise.spec.PoolId;
import dev.poise.spec.ProxyProtocol;
import dev.poise.spec.VpcId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Load balancers and their parts as the API shows them: what was asked for, and what is true. */
final class Views {
  private Views() {}

  /** A refusal of what was asked for, in the words of the tool that refused. */
  @Schema(name = "Refusal")
  record RefusalView(String node, String message, Instant since) {}

  /** What one node of the cluster does with the load balancer. */
  @Schema(name = "LoadBalancerNode")
  record NodeView(
      NodeId id,
      String name,
      @Schema(description = "Whether it was heard of within the last 10 seconds") boolean live,
      @Nullable Instant lastHeardTime,
      long appliedGeneration) {}

  @Schema(name = "LoadBalancer")
  record LoadBalancerView(
      LoadBalancerId id,
      @Schema(description = "The user who made it") String creatorId,
      String name,
      String remark,
      DataCenterId dataCenterId,
      VpcId vpcId,
      SubnetId subnetId,
      ClusterId clusterId,
      LoadBalancerType type,
      NetworkType networkType,
      @Schema(description = "Its private address") IpAddress address,
      @Schema(description = "Says which clients get in; absent if everybody does")
          @Nullable SecurityGroupId securityGroupId,
      @Schema(description = "Who gets in, in a sentence") String admission,
      @Schema(description = "Its public address; absent while none is bound")
          @Nullable ElasticAddress elasticIp,
      boolean deletionProtection,
      State state,
      @Schema(description = "The state in a sentence") String stateReason,
      Health health,
      @Schema(description = "Counts the changes nodes must act on") long generation,
      @Schema(description = "What every live node serves at least") long appliedGeneration,
      @Nullable RefusalView refusal,
      List<NodeView> nodes,
      @Schema(description = "Empty where nodes cannot count packets")
          List<AddressTrafficView> traffic,
      List<ListenerView> listeners,
      Instant createTime,
      Instant updateTime) {}

  /** A load balancer in the list of them. */
  @Schema(name = "LoadBalancerItem")
  record LoadBalancerItem(
      LoadBalancerId id,
      String name,
      String remark,
      @Schema(description = "The user who made it") String creatorId,
      DataCenterId dataCenterId,
      VpcId vpcId,
      String vpcName,
      SubnetId subnetId,
      String subnetName,
      ClusterId clusterId,
      @Schema(description = "What its operator calls the kind of machines that serve it")
          String clusterModel,
      LoadBalancerType type,
      NetworkType networkType,
      @Schema(description = "Its private address") IpAddress address,
      @Schema(description = "Its public address; absent while none is bound")
          @Nullable IpAddress elasticAddress,
      @Nullable SecurityGroupId securityGroupId,
      boolean deletionProtection,
      State state,
      @Schema(description = "The state in a sentence") String stateReason,
      Health health,
      int listenerCount,
      long generation,
      long appliedGeneration,
      Instant createTime,
      Instant updateTime) {}

  @Schema(name = "Listener")
  record ListenerView(
      ListenerId id,
      LoadBalancerId loadBalancerId,
      String name,
      String remark,
      ListenerInput.ProtocolName protocol,
      int port,
      @Nullable Integer idleTimeoutSeconds,
      @Nullable Integer sessionTimeoutSeconds,
      @Nullable Integer responseTimeoutSeconds,
      @Nullable Integer connectionLimit,
      @Nullable ProxyProtocol proxyProtocol,
      @Nullable RequestHeadersInput requestHeaders,
      @Nullable Integer redirectToHttpsPort,
      @Nullable TlsInput tls,
      PoolId defaultPoolId,
      int ruleCount,
      Health health,
      TrafficView traffic,
      long generation,
      long appliedGeneration,
      Instant createTime) {}

  /**
   * Counters of a listener, summed over the live nodes; they start at 0 when a node's agent starts.
   */
  @Schema(name = "ListenerTraffic")
  record TrafficView(
      long activeConnections,
      long connections,
      long refusedConnections,
      long requests,
      long receivedBytes,
      long transmittedBytes,
      @JsonProperty("responses2xx") long responses2xx,
      @JsonProperty("responses3xx") long responses3xx,
      @JsonProperty("responses4xx") long responses4xx,
      @JsonProperty("responses5xx") long responses5xx,
      @Schema(description = "From clients; 0 where nodes cannot count packets")
          long receivedPackets,
      long transmittedPackets) {}

  /** What went through one address of a load balancer, summed over the live nodes. */
  @Schema(name = "AddressTraffic")
  record AddressTrafficView(
      IpAddress address,
      long receivedPackets,
      long receivedBytes,
      long transmittedPackets,
      long transmittedBytes) {}

  @Schema(name = "Pool")
  record PoolView(
      PoolId id,
      LoadBalancerId loadBalancerId,
      String name,
      String remark,
      @Schema(description = "The listener it was made for and is deleted with")
          @Nullable ListenerId ownerListenerId,
      Algorithm algorithm,
      PersistenceInput persistence,
      @Schema(
              description =
                  "COOKIE only: the name that clients see; an older pool of the load balancer that"
                      + " has the same makes this one another")
          Persistence.@Nullable CookieName cookieName,
      HealthCheckInput healthCheck,
      List<ListenerId> listenerIds,
      Health health,
      int memberCount,
      long generation,
      long appliedGeneration,
      Instant createTime) {}

  @Schema(name = "Member")
  record MemberView(
      MemberId id,
      PoolId poolId,
      LoadBalancerId loadBalancerId,
      String name,
      String remark,
      IpAddress address,
      int port,
      int weight,
      MemberMode mode,
      @Schema(description = "The instance it is; absent for one that is an address only")
          @Nullable InstanceId instanceId,
      MemberStatus.Health health,
      @Schema(description = "Why it is in that health") String healthReason,
      @Nullable Instant healthSinceTime,
      @Schema(description = "Connections (TCP), sessions (UDP) or requests (HTTP) it serves now")
          long activeConnections,
      @Schema(description = "How many it was given since the nodes' agents started")
          long connections,
      long generation,
      long appliedGeneration,
      Instant createTime) {}

  /** What the nodes found out about a member. */
  @Schema(name = "MemberChecks")
  record ChecksView(HealthCheckInput healthCheck, List<CheckView> nodes) {}

  /** What one node found out about a member. */
  @Schema(name = "MemberCheck")
  record CheckView(
      NodeId node,
      String name,
      @Schema(description = "Whether the node was heard of within the last 10 seconds")
          boolean live,
      MemberReport.Health health,
      @Schema(description = "What the last check found") String reason,
      @Schema(description = "When the member got into this health") @Nullable Instant sinceTime,
      @Schema(description = "How long the last check took") @Nullable Long checkMillis) {}

  /** All of a load balancer and how it does, in one answer. */
  @Schema(name = "StatusTree")
  record StatusTree(LoadBalancerView loadBalancer, List<PoolTree> pools) {}

  /** A pool with its members. */
  @Schema(name = "PoolStatusTree")
  record PoolTree(PoolView pool, List<MemberView> members) {}

  static LoadBalancerView loadBalancer(LoadBalancer it, Status status) {
    return new LoadBalancerView(
        it.id(),
        it.creatorId(),
        it.name(),
        it.remark(),
        it.placement().dataCenter(),
        it.placement().vpc(),
        it.placement().subnet(),
        it.placement().cluster(),
        it.type(),
        it.networkType(),
        it.address(),
        it.admission().group(),
        it.admission().sentence(it.networkType()),
        it.elasticIp(),
        it.deletionProtection(),
        status.state(),
        status.explanation(),
        status.health(),
        it.generation(),
        status.appliedGeneration(),
        status
            .refusal()
            .map(no -> new RefusalView(no.node(), no.message(), no.since()))
            .orElse(null),
        status.nodes().stream()
            .map(node ->
                new NodeView(
                    node.id(),
                    node.name(),
                    node.live(),
                    node.lastHeard().orElse(null),
                    node.appliedGeneration()))
            .toList(),
        status.vips().stream()
            .map(vip ->
                new AddressTrafficView(
                    vip.address(),
                    vip.receivedPackets(),
                    vip.receivedBytes(),
                    vip.transmittedPackets(),
                    vip.transmittedBytes()))
            .toList(),
        it.listeners().stream().map(listener -> listener(it, listener, status)).toList(),
        it.createTime(),
        it.updateTime());
  }

  static LoadBalancerItem item(LoadBalancer it, LoadBalancerListStore.Row row, Status status) {
    return new LoadBalancerItem(
        it.id(),
        it.name(),
        it.remark(),
        it.creatorId(),
        it.placement().dataCenter(),
        it.placement().vpc(),
        row.vpcName(),
        it.placement().subnet(),
        row.subnetName(),
        it.placement().cluster(),
        row.clusterModel(),
        it.type(),
        it.networkType(),
        it.address(),
        it.elasticIp() == null ? null : it.elasticIp().address(),
        it.admission().group(),
        it.deletionProtection(),
        status.state(),
        status.explanation(),
        status.health(),
        row.listenerCount(),
        it.generation(),
        status.appliedGeneration(),
        it.createTime(),
        it.updateTime());
  }

  static ListenerView listener(LoadBalancer owner, Listener it, Status status) {
    ListenerInput said = ListenerInput.of(it);
    ListenerReport none = new ListenerReport(it.id(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return new ListenerView(
        it.id(),
        owner.id(),
        it.name(),
        it.remark(),
        said.protocol(),
        it.port(),
        said.idleTimeoutSeconds(),
        said.sessionTimeoutSeconds(),
        said.responseTimeoutSeconds(),
        said.connectionLimit(),
        said.proxyProtocol(),
        said.requestHeaders(),
        said.redirectToHttpsPort(),
        said.tls(),
        it.defaultPool(),
        it.rules().size(),
        status.listeners().getOrDefault(it.id(), Health.UNKNOWN),
        traffic(status.traffic().getOrDefault(it.id(), none)),
        owner.generation(),
        status.appliedGeneration(),
        it.createTime());
  }

  private static TrafficView traffic(ListenerReport said) {
    return new TrafficView(
        said.activeConnections(),
        said.connections(),
        said.refusedConnections(),
        said.requests(),
        said.receivedBytes(),
        said.transmittedBytes(),
        said.responses2xx(),
        said.responses3xx(),
        said.responses4xx(),
        said.responses5xx(),
        said.receivedPackets(),
        said.transmittedPackets());
  }

  static PoolView pool(LoadBalancer owner, Pool it, Status status) {
    return new PoolView(
        it.id(),
        owner.id(),
        it.name(),
        it.remark(),
        it.owner(),
        it.algorithm(),
        PersistenceInput.of(it.persistence()),
        owner.persistenceOf(it.id()) instanceof Persistence.Cookie(var name) ? name : null,
        HealthCheckInput.of(it.healthCheck()),
        owner.listenersOf(it.id()).stream().map(Listener::id).toList(),
        Health.ofMembers(it.members().stream().map(member -> status.member(member.id())).toList()),
        it.members().size(),
        owner.generation(),
        status.appliedGeneration(),
        it.createTime());
  }

  static MemberView member(LoadBalancer owner, Pool pool, Member it, Status status) {
    MemberStatus now = status.member(it.id());
    return new MemberView(
        it.id(),
        pool.id(),
        owner.id(),
        it.name(),
        it.remark(),
        it.address(),
        it.port(),
        it.weight(),
        it.mode(),
        it.instance() == null ? null : it.instance().id(),
        now.health(),
        now.reason(),
        now.since(),
        now.activeConnections(),
        now.connections(),
        owner.generation(),
        status.appliedGeneration(),
        it.createTime());
  }

  static ChecksView checks(Pool pool, List<Status.Checked> nodes) {
    return new ChecksView(
        HealthCheckInput.of(pool.healthCheck()), nodes.stream().map(Views::check).toList());
  }

  private static CheckView check(Status.Checked it) {
    return it.said()
        .map(said ->
            new CheckView(
                it.node(),
                it.name(),
                it.live(),
                said.health(),
                said.reason(),
                said.since(),
                said.checkMillis()))
        .orElseGet(() ->
            new CheckView(
                it.node(),
                it.name(),
                it.live(),
                MemberReport.Health.UNKNOWN,
                "the node said nothing of it yet",
                null,
                null));
  }

  static StatusTree tree(LoadBalancer it, Status status) {
    return new StatusTree(
        loadBalancer(it, status),
        it.pools().stream()
            .map(pool ->
                new PoolTree(
                    pool(it, pool, status),
                    pool.members().stream()
                        .map(member -> member(it, pool, member, status))
                        .toList()))
            .toList());
  }
}
