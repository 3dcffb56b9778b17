package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Fault;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For bodies whose fields can contradict each other. The record says how, and its faults join those
 * of single fields, so that a client hears of everything at once.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = ConsistentBody.Check.class)
public @interface ConsistentBody {
  String message() default "is inconsistent";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** A body that knows its contradictions. */
  interface Checked {
    /**
     * What is wrong, with pointers of names, such as {@code /pool/name}, or of the form {@code
     * /list/3/field}.
     */
    List<Fault> contradictions();
  }

  /** Passes the contradictions on. */
  final class Check implements ConstraintValidator<ConsistentBody, Checked> {
    @Override
    public boolean isValid(@Nullable Checked body, ConstraintValidatorContext context) {
      if (body == null) return true;
      List<Fault> faults = body.contradictions();
      if (faults.isEmpty()) return true;
      context.disableDefaultConstraintViolation();
      faults.forEach(fault -> add(fault, context));
      return false;
    }

    private static void add(Fault fault, ConstraintValidatorContext context) {
      // Braces and dollars would be read as expressions.
      String detail = fault.detail().replaceAll("[{}$\\\\]", "");
      var violation =
          context.buildConstraintViolationWithTemplate("[" + fault.code() + "]" + detail);
      String[] steps = fault.pointer().substring(1).split("/", -1);
      var node = violation.addPropertyNode(steps[0]);
      if (steps.length == 3 && Character.isDigit(steps[1].charAt(0))) {
        node.addPropertyNode(steps[2])
            .inIterable()
            .atIndex(Integer.parseInt(steps[1]))
            .addConstraintViolation();
        return;
      }
      for (int i = 1; i < steps.length; i++) node = node.addPropertyNode(steps[i]);
      node.addConstraintViolation();
    }
  }
}
