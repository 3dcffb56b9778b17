package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.poise.spec.IpAddress;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What makes a VPC real on nodes. */
@Schema(name = "Segment", description = "What makes the VPC real on nodes")
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Segment {
  /** How many hosts a VXLAN may have at most. */
  int MOST_PEERS = 1000;

  /** Whether the VPC is a network of its own, in which addresses of other VPCs mean nothing. */
  @JsonIgnore
  default boolean isIsolated() {
    return !(this instanceof Host);
  }

  /** Whether that is the same network, perhaps with other peers. */
  default boolean isSameNetwork(Segment other) {
    return withoutPeers().equals(other.withoutPeers());
  }

  private Segment withoutPeers() {
    return this instanceof Vxlan vxlan ? new Vxlan(vxlan.vni(), vxlan.port(), List.of()) : this;
  }

  /** The network that the nodes are in themselves: all VPCs with this segment share it. */
  @JsonTypeName("HOST")
  record Host() implements Segment {}

  /**
   * A network namespace that an operator made on every node of the data centre.
   *
   * @param networkInterface the one in it that the addresses of load balancers are put on
   */
  @JsonTypeName("NETNS")
  record Netns(
      @NotNull(message = "is required")
          @Pattern(
              regexp = "(?!poise-)[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}",
              message =
                  "must be 1 to 64 letters, digits, _, . or -, the first no . or -, and not begin"
                      + " with poise-")
          String name,
      @NotNull(message = "is required")
          @Pattern(
              regexp = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}",
              message = "must be 1 to 15 letters, digits, _, . or -, the first no . or -")
          String networkInterface)
      implements Segment {}

  /**
   * A VXLAN that nodes make an end of.
   *
   * @param port the UDP port of all of its ends
   * @param peers the addresses of hosts with members
   */
  @JsonTypeName("VXLAN")
  record Vxlan(
      @NotNull(message = "is required")
          @Min(value = 1, message = "must be 1 to 16777215")
          @Max(value = 16_777_215, message = "must be 1 to 16777215")
          Integer vni,
      @Min(value = 1, message = "must be 1 to 65535")
          @Max(value = 65_535, message = "must be 1 to 65535")
          @Nullable Integer port,
      @Size(max = MOST_PEERS, message = "must have at most " + MOST_PEERS + " addresses")
          @Nullable List<@NotNull(message = "is required") IpAddress> peers)
      implements Segment {
    private static final int PORT = 4789;

    public Vxlan {
      port = Objects.requireNonNullElse(port, PORT);
      peers = peers == null ? List.of() : List.copyOf(peers);
    }

    /** The port of all of its ends. */
    public int udpPort() {
      return Objects.requireNonNullElse(port, PORT);
    }

    /** The addresses of hosts with members. */
    public List<IpAddress> hosts() {
      return Objects.requireNonNullElse(peers, List.of());
    }
  }
}
