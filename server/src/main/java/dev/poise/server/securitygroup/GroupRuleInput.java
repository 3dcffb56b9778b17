package dev.poise.server.securitygroup;

import dev.poise.server.platform.Line;
import dev.poise.spec.AddressRange;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A rule of a security group as a client says it. */
@Schema(name = "SecurityGroupRuleInput")
@GroupRuleInput.PortsFit
public record GroupRuleInput(
    @Schema(
            description =
                "INGRESS is what clients begin; EGRESS is kept and shown, and decides nothing for"
                    + " a load balancer")
        @NotNull(message = "is required")
        GroupRule.Direction direction,
    @NotNull(message = "is required") GroupRule.Protocol protocol,
    @Schema(
            description = "Of TCP or UDP: one port or from-to; all of them if absent",
            example = "8000-8100")
        @Nullable Ports ports,
    @Schema(
            description = "Where it comes from, each range named by its first address",
            example = "[\"203.0.113.0/24\", \"198.51.100.7/32\"]")
        @NotNull(message = "is required")
        @Size(min = 1, max = MOST_RANGES)
        List<@NotNull(message = "is required") AddressRange> cidrs,
    @NotNull(message = "is required") GroupRule.Decision action,
    @Schema(description = "1 to 1000; the lowest decides; of equals, REJECT goes first")
        @NotNull(message = "is required")
        @Min(1)
        @Max(1000)
        Integer priority,
    @Line(max = 512) @Nullable String description) {
  static final int MOST_RANGES = 50;

  /** The protocol has the ports that are said. */
  @Target(ElementType.TYPE)
  @Retention(RetentionPolicy.RUNTIME)
  @Constraint(validatedBy = Check.class)
  @interface PortsFit {
    String message() default "is inconsistent";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
  }

  /** Says what does not fit. */
  static final class Check implements ConstraintValidator<PortsFit, GroupRuleInput> {
    @Override
    public boolean isValid(@Nullable GroupRuleInput rule, ConstraintValidatorContext context) {
      if (rule == null || rule.ports() == null) return true;
      GroupRule.@Nullable Protocol protocol = rule.protocol();
      if (protocol == null
          || protocol == GroupRule.Protocol.TCP
          || protocol == GroupRule.Protocol.UDP) return true;
      context.disableDefaultConstraintViolation();
      context
          .buildConstraintViolationWithTemplate(
              "[unsupported-for-protocol]Only rules for TCP or UDP have ports; this one is for "
                  + protocol
                  + ".")
          .addPropertyNode("ports")
          .addConstraintViolation();
      return false;
    }
  }

  GroupRule rule(GroupRuleId id, long version, Instant createTime) {
    return new GroupRule(
        id,
        direction,
        protocol,
        ports,
        cidrs,
        action,
        priority,
        Objects.requireNonNullElse(description, ""),
        version,
        createTime);
  }

  static GroupRuleInput of(GroupRule rule) {
    return new GroupRuleInput(
        rule.direction(),
        rule.protocol(),
        rule.ports(),
        rule.ranges(),
        rule.action(),
        rule.priority(),
        rule.description());
  }
}
