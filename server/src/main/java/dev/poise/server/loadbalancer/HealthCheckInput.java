package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Fault;
import dev.poise.spec.Datagram;
import dev.poise.spec.HealthCheck;
import dev.poise.spec.HostName;
import dev.poise.spec.StatusCodes;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A health check as the API reads and shows it. Absent fields take their defaults. */
@Schema(name = "HealthCheck")
@ConsistentBody
public record HealthCheckInput(
    @Schema(defaultValue = "PORT") @Nullable Type type,
    @Schema(defaultValue = "2") @Min(1) @Max(300) @Nullable Integer intervalSeconds,
    @Schema(defaultValue = "1", description = "Not longer than the interval") @Min(1) @Max(300)
        @Nullable Integer timeoutSeconds,
    @Schema(defaultValue = "2") @Min(1) @Max(10) @Nullable Integer rise,
    @Schema(defaultValue = "3") @Min(1) @Max(10) @Nullable Integer fall,
    @Schema(description = "HTTP only", defaultValue = "/")
        @Size(max = 200)
        @Pattern(
            regexp = "/[A-Za-z0-9/.%?#&-]*",
            message = "must begin with a slash and hold only letters, digits and -/.%?#&")
        @Nullable String path,
    @Schema(description = "HTTP only: what is sent as Host, the member's address if absent")
        @Nullable HostName domain,
    @Schema(description = "HTTP only", defaultValue = "GET") HealthCheck.@Nullable Method method,
    @Schema(
            description = "HTTP only: codes and ranges that mean healthy",
            defaultValue = "200-399",
            example = "200-299,301")
        @Nullable StatusCodes expectedCodes,
    @Schema(
            description =
                "UDP only: the bytes of the datagram that is sent, as hexadecimal digits; an empty"
                    + " datagram if absent",
            example = "00ff")
        @Nullable Datagram requestHex,
    @Schema(
            description =
                "UDP only: what the answer must begin with; empty: any answer; absent: none is"
                    + " needed",
            example = "00ff")
        @Nullable Datagram answerHex)
    implements ConsistentBody.Checked {

  /** What is tried. */
  public enum Type {
    PORT,
    HTTP,
    UDP
  }

  /** A check of the port with the default rhythm. */
  static final HealthCheckInput DEFAULT =
      new HealthCheckInput(null, null, null, null, null, null, null, null, null, null, null);

  @Override
  public List<Fault> contradictions() {
    List<Fault> faults = new ArrayList<>();
    HealthCheck.Timing timing = timing();
    if (timing.timeoutSeconds() > timing.intervalSeconds()) {
      faults.add(
          new Fault(
              "/timeoutSeconds",
              "out-of-range",
              "The timeout must not be longer than the interval."));
    }
    Type tried = type == null ? Type.PORT : type;
    refuse(faults, tried, Type.HTTP, "path", path);
    refuse(faults, tried, Type.HTTP, "domain", domain);
    refuse(faults, tried, Type.HTTP, "method", method);
    refuse(faults, tried, Type.HTTP, "expectedCodes", expectedCodes);
    refuse(faults, tried, Type.UDP, "requestHex", requestHex);
    refuse(faults, tried, Type.UDP, "answerHex", answerHex);
    return faults;
  }

  private static void refuse(
      List<Fault> faults, Type tried, Type owner, String field, @Nullable Object said) {
    if (tried == owner || said == null) return;
    faults.add(
        new Fault(
            "/" + field,
            "unsupported-for-protocol",
            "A %s check has no %s; it is for %s checks.".formatted(tried, field, owner)));
  }

  HealthCheck check() {
    return switch (type == null ? Type.PORT : type) {
      case PORT -> new HealthCheck.Port(timing());
      case HTTP ->
          new HealthCheck.Http(
              timing(),
              method == null ? HealthCheck.Method.GET : method,
              path == null ? "/" : path,
              domain == null ? new HealthCheck.Host.Member() : new HealthCheck.Host.Domain(domain),
              expectedCodes == null ? new StatusCodes("200-399") : expectedCodes);
      case UDP ->
          new HealthCheck.Udp(
              timing(), requestHex == null ? new Datagram("") : requestHex, expected());
    };
  }

  private HealthCheck.Expected expected() {
    if (answerHex == null) return new HealthCheck.Expected.Nothing();
    return answerHex.hex().isEmpty()
        ? new HealthCheck.Expected.AnyAnswer()
        : new HealthCheck.Expected.BeginsWith(answerHex);
  }

  private HealthCheck.Timing timing() {
    return new HealthCheck.Timing(
        intervalSeconds == null ? 2 : intervalSeconds,
        timeoutSeconds == null ? 1 : timeoutSeconds,
        rise == null ? 2 : rise,
        fall == null ? 3 : fall);
  }

  static HealthCheckInput of(HealthCheck check) {
    HealthCheck.Timing timing = check.timing();
    return switch (check) {
      case HealthCheck.Port _ ->
          new HealthCheckInput(
              Type.PORT,
              timing.intervalSeconds(),
              timing.timeoutSeconds(),
              timing.rise(),
              timing.fall(),
              null,
              null,
              null,
              null,
              null,
              null);
      case HealthCheck.Udp(var _, Datagram request, HealthCheck.Expected expected) ->
          new HealthCheckInput(
              Type.UDP,
              timing.intervalSeconds(),
              timing.timeoutSeconds(),
              timing.rise(),
              timing.fall(),
              null,
              null,
              null,
              null,
              request,
              answer(expected));
      case HealthCheck.Http http ->
          new HealthCheckInput(
              Type.HTTP,
              timing.intervalSeconds(),
              timing.timeoutSeconds(),
              timing.rise(),
              timing.fall(),
              http.path(),
              domain(http.host()),
              http.method(),
              http.expectedCodes(),
              null,
              null);
    };
  }

  private static @Nullable Datagram answer(HealthCheck.Expected expected) {
    return switch (expected) {
      case HealthCheck.Expected.Nothing _ -> null;
      case HealthCheck.Expected.AnyAnswer _ -> new Datagram("");
      case HealthCheck.Expected.BeginsWith(Datagram bytes) -> bytes;
    };
  }

  private static @Nullable HostName domain(HealthCheck.Host host) {
    return switch (host) {
      case HealthCheck.Host.Member _ -> null;
      case HealthCheck.Host.Domain(HostName name) -> name;
    };
  }
}
