package dev.poise.server.securitygroup;

import dev.poise.server.platform.Fault;
import dev.poise.server.platform.Refusal;
import dev.poise.spec.IpAddress;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A client whose fate somebody wants to know beforehand. */
@Schema(name = "SecurityGroupProbe")
record GroupProbe(
    @Schema(description = "The client's address") @NotNull(message = "is required")
        IpAddress sourceIp,
    @NotNull(message = "is required") Protocol protocol,
    @Schema(description = "Of the load balancer; for TCP and UDP") @Min(1) @Max(65535)
        @Nullable Integer port) {

  /** What the client sends. */
  enum Protocol {
    TCP,
    UDP,
    ICMP
  }

  /** What becomes of the client. */
  @Schema(name = "SecurityGroupVerdict")
  record Verdict(
      GroupRule.Decision decision,
      @Schema(description = "The rule that decides; absent if none does")
          @Nullable GroupRuleView rule,
      @Schema(description = "The decision in a sentence") String why) {}

  Verdict verdict(SecurityGroup group) {
    Traffic traffic = traffic();
    Optional<GroupRule> deciding = group.rules().deciding(sourceIp, traffic);
    if (deciding.isEmpty()) {
      return new Verdict(
          GroupRule.Decision.REJECT,
          null,
          "No ingress rule is for %s from %s, and what no rule accepts is rejected."
              .formatted(traffic, sourceIp));
    }
    GroupRule rule = deciding.get();
    return new Verdict(
        rule.action(),
        GroupRuleView.of(group, rule),
        "The rule %s of priority %d %ss %s from %s, and no rule for that goes before it."
            .formatted(
                rule.id(),
                rule.priority(),
                rule.action().name().toLowerCase(Locale.ROOT),
                traffic,
                sourceIp));
  }

  private Traffic traffic() {
    return switch (protocol) {
      case TCP -> new Traffic.ToPort(Traffic.Transport.TCP, requiredPort());
      case UDP -> new Traffic.ToPort(Traffic.Transport.UDP, requiredPort());
      case ICMP -> {
        if (port != null) {
          throw fault("unsupported-for-protocol", "ICMP has no ports.");
        }
        yield new Traffic.Ping();
      }
    };
  }

  private int requiredPort() {
    if (port == null) throw fault("required", "For " + protocol + " this is required.");
    return port;
  }

  private static Refusal fault(String code, String detail) {
    return new Refusal.Invalid(List.of(new Fault("/port", code, detail)));
  }
}
