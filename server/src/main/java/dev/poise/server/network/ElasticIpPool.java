package dev.poise.server.network;

import dev.poise.server.platform.Line;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of a data centre that tenants can have as elastic IPs.
 *
 * @param defaultRoute whether the addresses are reached by and reach the world; those of a pool
 *     without cannot be entrances of load balancers
 * @param version counts its changes
 */
public record ElasticIpPool(
    ElasticIpPoolId id,
    DataCenterId dataCenterId,
    String name,
    String remark,
    List<AddressSpan> ranges,
    boolean defaultRoute,
    long addressCount,
    @Schema(description = "How many no tenant has") long freeAddressCount,
    @Schema(hidden = true) @com.fasterxml.jackson.annotation.JsonIgnore long version,
    Instant createTime) {
  public ElasticIpPool {
    ranges = List.copyOf(ranges);
  }

  ElasticIpPool with(String name, String remark) {
    return new ElasticIpPool(
        id,
        dataCenterId,
        name,
        remark,
        ranges,
        defaultRoute,
        addressCount,
        freeAddressCount,
        version + 1,
        createTime);
  }

  /** What is said to make one. */
  @Schema(name = "ElasticIpPoolInput")
  public record Input(
      @NotNull(message = "is required") @Line(max = 128, blankAllowed = false) String name,
      @Line(max = 512) @Nullable String remark,
      @Schema(description = "Cannot be changed later") @NotNull(message = "is required")
          DataCenterId dataCenterId,
      @Schema(
              description =
                  "203.0.113.0/28 (all but its first and last address),"
                      + " 203.0.113.10-203.0.113.20 or single addresses; cannot be changed later")
          @NotNull(message = "is required")
          @Size(min = 1, max = 100)
          List<@NotNull(message = "is required") AddressSpan> ranges,
      @Schema(
              defaultValue = "true",
              description =
                  "Whether the addresses are reached by and reach the world; only then load"
                      + " balancers can have them. Cannot be changed later")
          @Nullable Boolean defaultRoute) {

    String remarkOrNone() {
      return Objects.requireNonNullElse(remark, "");
    }

    static Input of(ElasticIpPool pool) {
      return new Input(
          pool.name(), pool.remark(), pool.dataCenterId(), pool.ranges(), pool.defaultRoute());
    }
  }
}
