package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.platform.Line;
import dev.poise.spec.IpAddress;
import dev.poise.spec.VpcId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A machine of a tenant that members can be: its name and its addresses in a VPC.
 *
 * @param addresses the first one is the primary one
 * @param version counts its changes
 */
public record Instance(
    InstanceId id,
    @Schema(description = "The user who made it") String creatorId,
    VpcId vpcId,
    DataCenterId dataCenterId,
    String name,
    String remark,
    @Schema(description = "The first is the primary one, which members follow")
        List<IpAddress> addresses,
    @Schema(hidden = true) @JsonIgnore long version,
    Instant createTime) {
  static final int MOST_ADDRESSES = 16;

  public Instance {
    addresses = List.copyOf(addresses);
  }

  public IpAddress primaryAddress() {
    return addresses.getFirst();
  }

  /** The instance with other words and addresses, a version on. */
  public Instance with(Input said) {
    return new Instance(
        id,
        creatorId,
        vpcId,
        dataCenterId,
        said.name(),
        said.remarkOrNone(),
        said.addresses(),
        version + 1,
        createTime);
  }

  /** Whether this is what is said of it. */
  boolean says(Input said) {
    return Input.of(this)
        .equals(new Input(said.name(), said.remarkOrNone(), vpcId, said.addresses()));
  }

  /** What is said to make one. */
  @Schema(name = "InstanceInput")
  public record Input(
      @Schema(description = "Unique in the VPC")
          @NotNull(message = "is required")
          @Line(max = 128, blankAllowed = false)
          String name,
      @Line(max = 512) @Nullable String remark,
      @Schema(description = "Cannot be changed later") @NotNull(message = "is required")
          VpcId vpcId,
      @Schema(
              description =
                  "Of subnets of the VPC; the first is the primary one, which members follow")
          @NotNull(message = "is required")
          @Size(min = 1, max = MOST_ADDRESSES)
          List<@NotNull(message = "is required") IpAddress> addresses) {
    String remarkOrNone() {
      return Objects.requireNonNullElse(remark, "");
    }

    /** What would be said to make an instance as it is. */
    public static Input of(Instance it) {
      return new Input(it.name(), it.remark(), it.vpcId(), it.addresses());
    }
  }
}
