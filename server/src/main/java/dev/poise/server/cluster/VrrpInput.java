package dev.poise.server.cluster;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.poise.spec.InterfaceName;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is said of {@link VrrpSettings}. */
@Schema(name = "VrrpInput")
public record VrrpInput(
    @Schema(
            description =
                "Tells the nodes from other groups of nodes in the same network; the lowest that"
                    + " no cluster of the data centre has if absent")
        @Min(1)
        @Max(VrrpSettings.MOST_ROUTER_IDS)
        @Nullable Integer routerId,
    @Schema(
            defaultValue = "200",
            description =
                "How often the primary says that it is there; another node takes over when it"
                    + " misses three")
        @Min(100)
        @Max(10_000)
        @Nullable Integer advertisementMillis,
    @Schema(description = "The network interface that the nodes talk over", example = "eth0")
        @JsonProperty("interface")
        @NotNull(message = "is required")
        InterfaceName networkInterface,
    @Schema(
            description = "The network interface that addresses are put on; the same if absent",
            example = "eth1")
        @Nullable InterfaceName addressInterface) {
  private static final int DEFAULT_ADVERTISEMENT_MILLIS = 200;

  static VrrpInput of(VrrpSettings it) {
    return new VrrpInput(
        it.routerId(),
        it.advertisementMillis(),
        it.networkInterface(),
        it.addressInterface().equals(it.networkInterface()) ? null : it.addressInterface());
  }

  VrrpSettings settings(int freeRouterId) {
    return new VrrpSettings(
        Objects.requireNonNullElse(routerId, freeRouterId),
        Objects.requireNonNullElse(advertisementMillis, DEFAULT_ADVERTISEMENT_MILLIS),
        networkInterface,
        Objects.requireNonNullElse(addressInterface, networkInterface));
  }
}
