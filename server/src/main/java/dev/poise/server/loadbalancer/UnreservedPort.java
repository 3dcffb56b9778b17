package dev.poise.server.loadbalancer;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;

/** A port that nodes do not use themselves; which those are is configured. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = UnreservedPort.Check.class)
public @interface UnreservedPort {
  String message() default
      "[port-reserved]This port is reserved for the nodes themselves, under any protocol.";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Knows the configured ports. */
  final class Check implements ConstraintValidator<UnreservedPort, Integer> {
    private final Set<Integer> reserved;

    Check(@Value("${poise.reserved-ports}") Set<Integer> reserved) {
      this.reserved = reserved;
    }

    @Override
    public boolean isValid(@Nullable Integer port, ConstraintValidatorContext context) {
      return port == null || !reserved.contains(port);
    }
  }
}
