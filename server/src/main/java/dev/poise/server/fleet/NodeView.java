package dev.poise.server.fleet;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.spec.ClusterId;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import dev.poise.spec.RoleReport;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node as operators see it: what it was told to be, and what it said last. */
@Schema(name = "Node")
record NodeView(
    NodeId id,
    ClusterId clusterId,
    String name,
    @Schema(description = "Where the other nodes reach it") @Nullable IpAddress address,
    @Schema(description = "Who of several begins as primary: the highest. Absent without VRRP")
        @Nullable Integer priority,
    @Schema(description = "Whether it gives way to the others and stays away") boolean drained,
    @Schema(description = "Since when it is refused; absent if it is not")
        @Nullable Instant revokeTime,
    @Schema(description = "Whether it was heard of within the last 10 seconds") boolean live,
    @Nullable Instant lastHeardTime,
    @Schema(
            description =
                "What it said last that it is in its cluster. PRIMARY: it has the addresses;"
                    + " BACKUP: it is ready to take them; FAULT: it cannot, or was told not to;"
                    + " NONE: its cluster has no VRRP; UNKNOWN: it does not know")
        RoleReport.@Nullable Role role,
    @Schema(description = "When it became that, by its own clock") @Nullable Instant roleSinceTime,
    @Schema(description = "Why it became that, in its words") @Nullable String roleReason,
    @Schema(description = "The revision of its cluster, which it should come to")
        long desiredRevision,
    @Schema(description = "The revision the node acts on") @Nullable Long acceptedRevision,
    @Schema(
            description =
                "The last revision of which it has tried everything; what was refused is told"
                    + " where it was")
        @Nullable Long appliedRevision,
    @Nullable Map<String, String> versions,
    @Schema(description = "The listener protocols it can serve") @Nullable List<String> protocols,
    @Schema(description = "What else it can: VRRP, NETNS, VXLAN") @Nullable List<String> features,
    @Schema(description = "Why it cannot do others") @Nullable Map<String, String> missing,
    @Schema(description = "What is wrong with the node, in words") @Nullable List<String> problems,
    @Schema(
            description =
                "Load balancers that vanished without having been deleted; the node serves on"
                    + " until the removal is confirmed")
        @Nullable List<LoadBalancerId> heldRemovals,
    @JsonIgnore long version,
    Instant createTime) {}
