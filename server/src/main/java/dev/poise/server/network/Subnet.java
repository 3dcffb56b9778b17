package dev.poise.server.network;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.poise.server.platform.Line;
import dev.poise.spec.IpAddress;
import dev.poise.spec.VpcId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses in a VPC.
 *
 * @param gateway an address that nobody is given; absent if there is no such
 * @param version counts its changes
 */
public record Subnet(
    SubnetId id,
    @Schema(description = "The user who made it") String creatorId,
    VpcId vpcId,
    DataCenterId dataCenterId,
    String name,
    String remark,
    Cidr cidr,
    @Nullable IpAddress gateway,
    @Schema(description = "How many addresses can be given out") long addressCount,
    @Schema(description = "How many of them nobody has") long freeAddressCount,
    @Schema(hidden = true) @JsonIgnore long version,
    Instant createTime) {

  Subnet with(Input said) {
    return new Subnet(
        id,
        creatorId,
        vpcId,
        dataCenterId,
        said.name(),
        said.remarkOrNone(),
        cidr,
        gateway,
        addressCount,
        freeAddressCount,
        version + 1,
        createTime);
  }

  /** What is said to make one. */
  @Schema(name = "SubnetInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark,
      @Schema(description = "Cannot be changed later") @NotNull(message = "is required")
          VpcId vpcId,
      @Schema(description = "Cannot be changed later") @NotNull(message = "is required") Cidr cidr,
      @Schema(description = "An address that nobody is given; cannot be changed later")
          @Nullable IpAddress gateway) {
    String remarkOrNone() {
      return Objects.requireNonNullElse(remark, "");
    }

    static Input of(Subnet it) {
      return new Input(it.name(), it.remark(), it.vpcId(), it.cidr(), it.gateway());
    }
  }
}
