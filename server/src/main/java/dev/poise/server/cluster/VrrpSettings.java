package dev.poise.server.cluster;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.poise.spec.InterfaceName;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * By what the nodes of a cluster agree on which of them has the addresses of load balancers.
 *
 * @param routerId tells them from other groups of nodes in the same network
 * @param advertisementMillis how often the one that has the addresses says that it is there
 * @param networkInterface which interface they talk over
 * @param addressInterface which interface the addresses are put on
 */
@Schema(name = "Vrrp")
public record VrrpSettings(
    int routerId,
    int advertisementMillis,
    @JsonProperty("interface") InterfaceName networkInterface,
    InterfaceName addressInterface) {
  static final int MOST_ROUTER_IDS = 255;
}
