package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Line;
import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.ListenerId;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A listener as a client says it. Absent fields take their defaults. */
@Schema(name = "ListenerInput")
@ConsistentBody
public record ListenerInput(
    @Line(max = 128, blankAllowed = false) @Nullable String name,
    @Line(max = 512) @Nullable String remark,
    @Schema(description = "Cannot be changed later") @NotNull(message = "is required")
        ProtocolName protocol,
    @Schema(description = "Cannot be changed later")
        @NotNull(message = "is required")
        @Min(1)
        @Max(65535)
        @UnreservedPort
        Integer port,
    @Schema(defaultValue = "60") @Min(1) @Max(86400) @Nullable Integer idleTimeoutSeconds,
    @Schema(defaultValue = "60", description = "HTTP only: how long a member may take to answer")
        @Min(1)
        @Max(86400)
        @Nullable Integer responseTimeoutSeconds,
    @Schema(description = "Connections at once; those above are refused. Unlimited if absent")
        @Min(1)
        @Max(1_000_000)
        @Nullable Integer connectionLimit,
    @Schema(description = "HTTP only") @Valid @Nullable RequestHeadersInput requestHeaders,
    @Schema(description = "A pool of the load balancer") @Nullable PoolId defaultPoolId,
    @Schema(description = "A pool of the load balancer, by its name")
        @Nullable String defaultPoolName,
    @Schema(description = "A pool of its own, only when the listener is made") @Valid
        @Nullable PoolInput defaultPool)
    implements ConsistentBody.Checked {

  /** What a listener can speak. */
  public enum ProtocolName {
    TCP,
    HTTP
  }

  @Override
  public List<Fault> contradictions() {
    List<Fault> faults = new ArrayList<>();
    if (protocol == ProtocolName.TCP) {
      if (responseTimeoutSeconds != null) faults.add(onlyHttp("responseTimeoutSeconds"));
      if (requestHeaders != null) faults.add(onlyHttp("requestHeaders"));
      if (defaultPool != null
          && defaultPool.healthCheck() != null
          && defaultPool.healthCheck().type() == HealthCheckInput.Type.HTTP) {
        faults.add(
            new Fault(
                "/defaultPool",
                "unsupported-for-protocol",
                "Members of a TCP listener are checked by PORT, not by HTTP."));
      }
    }
    if (Stream.of(defaultPoolId, defaultPoolName, defaultPool).filter(Objects::nonNull).count()
        > 1) {
      faults.add(
          new Fault(
              "/defaultPool",
              "invalid",
              "Name the default pool once: defaultPoolId, defaultPoolName or defaultPool."));
    }
    return faults;
  }

  private static Fault onlyHttp(String field) {
    return new Fault(
        "/" + field,
        "unsupported-for-protocol",
        "A TCP listener has no " + field + "; it is for HTTP.");
  }

  /** A name that says what it is, such as {@code http-80}. */
  String nameOrDefault() {
    return name == null ? protocol.name().toLowerCase(Locale.ROOT) + "-" + port : name;
  }

  Listener listener(ListenerId id, PoolId pool, Instant now) {
    return new Listener(
        id,
        nameOrDefault(),
        remark == null ? "" : remark,
        port,
        spoken(),
        connectionLimit == null
            ? new ConnectionLimit.Unlimited()
            : new ConnectionLimit.AtMost(connectionLimit),
        pool,
        1,
        now);
  }

  /** The listener with what is said here. */
  Listener changed(Listener listener, PoolId pool) {
    return listener(listener.id(), pool, listener.createTime()).withVersion(listener.version());
  }

  private Protocol spoken() {
    int idle = idleTimeoutSeconds == null ? 60 : idleTimeoutSeconds;
    return switch (protocol) {
      case TCP -> new Protocol.Tcp(idle);
      case HTTP ->
          new Protocol.Http(
              idle,
              responseTimeoutSeconds == null ? 60 : responseTimeoutSeconds,
              (requestHeaders == null ? RequestHeadersInput.DEFAULT : requestHeaders).headers());
    };
  }

  static ListenerInput of(Listener listener) {
    return switch (listener.protocol()) {
      case Protocol.Tcp(int idle) -> of(listener, ProtocolName.TCP, idle, null, null);
      case Protocol.Http http ->
          of(
              listener,
              ProtocolName.HTTP,
              http.idleTimeoutSeconds(),
              http.responseTimeoutSeconds(),
              RequestHeadersInput.of(http.requestHeaders()));
    };
  }

  private static ListenerInput of(
      Listener listener,
      ProtocolName protocol,
      int idle,
      @Nullable Integer response,
      @Nullable RequestHeadersInput headers) {
    return new ListenerInput(
        listener.name(),
        listener.remark(),
        protocol,
        listener.port(),
        idle,
        response,
        limit(listener),
        headers,
        listener.defaultPool(),
        null,
        null);
  }

  private static @Nullable Integer limit(Listener listener) {
    return switch (listener.connectionLimit()) {
      case ConnectionLimit.Unlimited _ -> null;
      case ConnectionLimit.AtMost(int connections) -> connections;
    };
  }
}
