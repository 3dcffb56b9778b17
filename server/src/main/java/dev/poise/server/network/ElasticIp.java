package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.platform.Line;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An address from which the world reaches a tenant.
 *
 * @param defaultRoute that of its pool
 * @param loadBalancerId whose entrance it is; absent while it is nobody's
 * @param version counts its changes
 */
public record ElasticIp(
    ElasticIpId id,
    @Schema(description = "The user who made it") String creatorId,
    DataCenterId dataCenterId,
    ElasticIpPoolId poolId,
    IpAddress address,
    String name,
    String remark,
    @Schema(description = "Only with one it can be the entrance of a load balancer")
        boolean defaultRoute,
    @Schema(description = "Whose entrance it is; absent while it is nobody's")
        @Nullable LoadBalancerId loadBalancerId,
    @Schema(hidden = true) @JsonIgnore long version,
    Instant createTime) {

  ElasticIp with(String name, String remark, @Nullable LoadBalancerId loadBalancer) {
    return new ElasticIp(
        id,
        creatorId,
        dataCenterId,
        poolId,
        address,
        name,
        remark,
        defaultRoute,
        loadBalancer,
        version + 1,
        createTime);
  }

  /** What is said to get one. */
  @Schema(name = "ElasticIpInput")
  public record Input(
      @Line(max = 128) @Nullable String name,
      @Line(max = 512) @Nullable String remark,
      @Schema(description = "The pool's own if absent; cannot be changed later")
          @Nullable DataCenterId dataCenterId,
      @Schema(
              description =
                  "Any pool of the data centre if absent, those with a default route first; cannot"
                      + " be changed later")
          @Nullable ElasticIpPoolId poolId,
      @Schema(description = "A free one of the pool if absent; cannot be changed later")
          @Nullable IpAddress address) {

    String nameOrNone() {
      return Objects.requireNonNullElse(name, "");
    }

    String remarkOrNone() {
      return Objects.requireNonNullElse(remark, "");
    }

    static Input of(ElasticIp it) {
      return new Input(it.name(), it.remark(), it.dataCenterId(), it.poolId(), it.address());
    }
  }
}
