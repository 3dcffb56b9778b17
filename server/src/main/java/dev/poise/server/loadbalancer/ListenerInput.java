package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Line;
import dev.poise.spec.ConnectionLimit;
import dev.poise.spec.HttpOptions;
import dev.poise.spec.HttpsRedirect;
import dev.poise.spec.ListenerId;
import dev.poise.spec.PoolId;
import dev.poise.spec.Protocol;
import dev.poise.spec.ProxyProtocol;
import dev.poise.spec.Tls;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
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
    @Schema(defaultValue = "60", description = "TCP, HTTP and HTTPS") @Min(1) @Max(86400)
        @Nullable Integer idleTimeoutSeconds,
    @Schema(
            defaultValue = "60",
            description =
                "UDP only: ends a session in which neither side sent anything for so long; one"
                    + " that was never answered ends sooner")
        @Min(1)
        @Max(86400)
        @Nullable Integer sessionTimeoutSeconds,
    @Schema(
            defaultValue = "60",
            description = "HTTP and HTTPS: how long a member may take to answer")
        @Min(1)
        @Max(86400)
        @Nullable Integer responseTimeoutSeconds,
    @Schema(
            description =
                "Connections, or sessions of UDP, at once; those above are refused. Unlimited if"
                    + " absent")
        @Min(1)
        @Max(1_000_000)
        @Nullable Integer connectionLimit,
    @Schema(
            defaultValue = "NONE",
            description = "TCP only: tells members of the client before its first byte")
        @Nullable ProxyProtocol proxyProtocol,
    @Schema(description = "HTTP and HTTPS") @Valid @Nullable RequestHeadersInput requestHeaders,
    @Schema(
            description =
                "HTTP only: every request is answered with a redirect to this port of HTTPS")
        @Min(1)
        @Max(65535)
        @Nullable Integer redirectToHttpsPort,
    @Schema(description = "HTTPS only, and needed there") @Valid @Nullable TlsInput tls,
    @Schema(description = "A pool of the load balancer") @Nullable PoolId defaultPoolId,
    @Schema(description = "A pool of the load balancer, by its name")
        @Nullable String defaultPoolName,
    @Schema(description = "A pool of its own, only when the listener is made") @Valid
        @Nullable PoolInput defaultPool,
    @Schema(
            description =
                "HTTP and HTTPS; only when the listener is made, later they are at"
                    + " /listeners/{id}/rules")
        @Size(max = Listener.MOST_RULES)
        @Nullable List<@NotNull(message = "is required") @Valid RuleInput> rules)
    implements ConsistentBody.Checked {
  private static final int DEFAULT_TIMEOUT_SECONDS = 60;

  /** What a listener can speak. */
  public enum ProtocolName {
    TCP,
    UDP,
    HTTP,
    HTTPS;

    static ProtocolName of(Protocol protocol) {
      return switch (protocol) {
        case Protocol.Tcp _ -> TCP;
        case Protocol.Udp _ -> UDP;
        case Protocol.Http _ -> HTTP;
        case Protocol.Https _ -> HTTPS;
      };
    }

    /** Whether requests are balanced, and not connections or sessions. */
    boolean isHttp() {
      return this == HTTP || this == HTTPS;
    }
  }

  @Override
  public List<Fault> contradictions() {
    List<Fault> faults = new ArrayList<>();
    @Nullable ProtocolName speaks = protocol;
    if (speaks != null) {
      refuse(faults, speaks == ProtocolName.UDP, "idleTimeoutSeconds", idleTimeoutSeconds);
      refuse(faults, speaks != ProtocolName.UDP, "sessionTimeoutSeconds", sessionTimeoutSeconds);
      refuse(faults, !speaks.isHttp(), "responseTimeoutSeconds", responseTimeoutSeconds);
      refuse(faults, !speaks.isHttp(), "requestHeaders", requestHeaders);
      refuse(faults, !speaks.isHttp(), "rules", rules);
      refuse(faults, speaks != ProtocolName.TCP, "proxyProtocol", proxyProtocol);
      refuse(faults, speaks != ProtocolName.HTTP, "redirectToHttpsPort", redirectToHttpsPort);
      refuse(faults, speaks != ProtocolName.HTTPS, "tls", tls);
    }
    if (speaks != null && defaultPool != null) {
      PoolFit.faults(speaks, defaultPool)
          .forEach(fault ->
              faults.add(
                  new Fault("/defaultPool" + fault.pointer(), fault.code(), fault.detail())));
    }
    if (speaks == ProtocolName.HTTPS && tls == null) {
      faults.add(new Fault("/tls", "required", "An HTTPS listener needs a certificate."));
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

  private void refuse(List<Fault> faults, boolean foreign, String field, @Nullable Object said) {
    if (!foreign || said == null) return;
    faults.add(
        new Fault(
            "/" + field,
            "unsupported-for-protocol",
            "A listener that speaks " + protocol + " has no " + field + "."));
  }

  List<RuleInput> rulesOrNone() {
    return rules == null ? List.of() : rules;
  }

  /** A name that says what it is, such as {@code http-80}. */
  String nameOrDefault() {
    return name == null ? protocol.name().toLowerCase(Locale.ROOT) + "-" + port : name;
  }

  /**
   * The listener, without rules.
   *
   * @param secured what {@link #tls} comes to; present for HTTPS
   */
  Listener listener(ListenerId id, PoolId pool, Optional<Tls> secured, Instant now) {
    return new Listener(
        id,
        nameOrDefault(),
        remark == null ? "" : remark,
        port,
        spoken(secured),
        connectionLimit == null
            ? new ConnectionLimit.Unlimited()
            : new ConnectionLimit.AtMost(connectionLimit),
        pool,
        List.of(),
        1,
        now);
  }

  /** The listener with what is said here; its rules stay. */
  Listener changed(Listener listener, PoolId pool, Optional<Tls> secured) {
    return listener(listener.id(), pool, secured, listener.createTime())
        .withRules(listener.rules())
        .withVersion(listener.version());
  }

  private Protocol spoken(Optional<Tls> secured) {
    return switch (protocol) {
      case TCP ->
          new Protocol.Tcp(idle(), proxyProtocol == null ? ProxyProtocol.NONE : proxyProtocol);
      case UDP ->
          new Protocol.Udp(
              sessionTimeoutSeconds == null ? DEFAULT_TIMEOUT_SECONDS : sessionTimeoutSeconds);
      case HTTP ->
          new Protocol.Http(
              options(),
              redirectToHttpsPort == null
                  ? new HttpsRedirect.Off()
                  : new HttpsRedirect.ToPort(redirectToHttpsPort));
      case HTTPS -> new Protocol.Https(options(), secured.orElseThrow());
    };
  }

  private int idle() {
    return idleTimeoutSeconds == null ? DEFAULT_TIMEOUT_SECONDS : idleTimeoutSeconds;
  }

  private HttpOptions options() {
    return new HttpOptions(
        idle(),
        responseTimeoutSeconds == null ? DEFAULT_TIMEOUT_SECONDS : responseTimeoutSeconds,
        (requestHeaders == null ? RequestHeadersInput.DEFAULT : requestHeaders).headers(),
        List.of());
  }

  static ListenerInput of(Listener listener) {
    return switch (listener.protocol()) {
      case Protocol.Tcp(int idle, ProxyProtocol proxy) ->
          new ListenerInput(
              listener.name(),
              listener.remark(),
              ProtocolName.TCP,
              listener.port(),
              idle,
              null,
              null,
              limit(listener),
              proxy,
              null,
              null,
              null,
              listener.defaultPool(),
              null,
              null,
              null);
      case Protocol.Udp(int timeout) ->
          new ListenerInput(
              listener.name(),
              listener.remark(),
              ProtocolName.UDP,
              listener.port(),
              null,
              timeout,
              null,
              limit(listener),
              null,
              null,
              null,
              null,
              listener.defaultPool(),
              null,
              null,
              null);
      case Protocol.Http(HttpOptions options, HttpsRedirect redirect) ->
          of(listener, ProtocolName.HTTP, options, port(redirect), null);
      case Protocol.Https(HttpOptions options, Tls tls) ->
          of(listener, ProtocolName.HTTPS, options, null, TlsInput.of(tls));
    };
  }

  private static ListenerInput of(
      Listener listener,
      ProtocolName protocol,
      HttpOptions options,
      @Nullable Integer redirectPort,
      @Nullable TlsInput tls) {
    return new ListenerInput(
        listener.name(),
        listener.remark(),
        protocol,
        listener.port(),
        options.idleTimeoutSeconds(),
        null,
        options.responseTimeoutSeconds(),
        limit(listener),
        null,
        RequestHeadersInput.of(options.requestHeaders()),
        redirectPort,
        tls,
        listener.defaultPool(),
        null,
        null,
        null);
  }

  private static @Nullable Integer port(HttpsRedirect redirect) {
    return switch (redirect) {
      case HttpsRedirect.Off _ -> null;
      case HttpsRedirect.ToPort(int port) -> port;
    };
  }

  private static @Nullable Integer limit(Listener listener) {
    return switch (listener.connectionLimit()) {
      case ConnectionLimit.Unlimited _ -> null;
      case ConnectionLimit.AtMost(int connections) -> connections;
    };
  }
}
