package dev.poise.server.loadbalancer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.poise.spec.HostName;
import dev.poise.spec.RequestHeaders;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The request headers that tell members of the client, as the API reads and shows them. */
@Schema(name = "RequestHeaders")
public record RequestHeadersInput(
    @JsonProperty("xForwardedFor") @Schema(name = "xForwardedFor", defaultValue = "REPLACE")
        RequestHeaders.@Nullable ForwardedFor forwardedFor,
    @JsonProperty("xRealIp") @Schema(name = "xRealIp", defaultValue = "true")
        @Nullable Boolean realIp,
    @JsonProperty("xForwardedProto") @Schema(name = "xForwardedProto", defaultValue = "true")
        @Nullable Boolean forwardedProto,
    @JsonProperty("xForwardedPort") @Schema(name = "xForwardedPort", defaultValue = "true")
        @Nullable Boolean forwardedPort,
    @Schema(description = "The Host header members get; the client's own if absent")
        @Nullable HostName host) {

  /** All of them on, forged ones replaced, the client's Host kept. */
  static final RequestHeadersInput DEFAULT = new RequestHeadersInput(null, null, null, null, null);

  RequestHeaders headers() {
    return new RequestHeaders(
        forwardedFor == null ? RequestHeaders.ForwardedFor.REPLACE : forwardedFor,
        realIp == null || realIp,
        forwardedProto == null || forwardedProto,
        forwardedPort == null || forwardedPort,
        host == null ? new RequestHeaders.Host.Client() : new RequestHeaders.Host.Fixed(host));
  }

  static RequestHeadersInput of(RequestHeaders headers) {
    return new RequestHeadersInput(
        headers.forwardedFor(),
        headers.realIp(),
        headers.forwardedProto(),
        headers.forwardedPort(),
        host(headers));
  }

  private static @Nullable HostName host(RequestHeaders headers) {
    return switch (headers.host()) {
      case RequestHeaders.Host.Client _ -> null;
      case RequestHeaders.Host.Fixed(HostName name) -> name;
    };
  }
}
