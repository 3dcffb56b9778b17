package dev.poise.server.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.platform.Line;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.NodeId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A machine of a cluster.
 *
 * @param address where the other nodes reach it
 * @param priority who of several begins as primary: the highest; 0 while the cluster has no VRRP
 * @param drained it gives way to the others and does not become primary
 * @param revokeTime since when it is refused; absent if it is not
 * @param version counts the changes of what is said of it here
 */
public record Node(
    NodeId id,
    ClusterId clusterId,
    String name,
    @Nullable IpAddress address,
    int priority,
    boolean drained,
    @Nullable Instant revokeTime,
    @JsonIgnore long version,
    Instant createTime) {
  static final int MOST_PRIORITY = 254;

  /** Whether it is refused, and no node of its cluster any more. */
  @JsonIgnore
  public boolean isRevoked() {
    return revokeTime != null;
  }

  /** The name and the id, for sentences. */
  String called() {
    return "'" + name + "' (" + id + ")";
  }

  Node with(String name, @Nullable IpAddress address, int priority) {
    return new Node(
        id, clusterId, name, address, priority, drained, revokeTime, version + 1, createTime);
  }

  Node withDrained(boolean drained) {
    return new Node(
        id, clusterId, name, address, priority, drained, revokeTime, version + 1, createTime);
  }

  /** What is said to add one. */
  @Schema(name = "NodeInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Schema(description = "Where the other nodes reach it; needed if the cluster has VRRP")
          @Nullable IpAddress address,
      @Schema(
              description =
                  "Who of several begins as primary: the highest. Unique in the cluster. If"
                      + " absent, 200, 190 and so on in a cluster with VRRP, else none")
          @Min(1)
          @Max(MOST_PRIORITY)
          @Nullable Integer priority) {
    static Input of(Node it) {
      return new Input(it.name, it.address, it.priority == 0 ? null : it.priority);
    }
  }
}
