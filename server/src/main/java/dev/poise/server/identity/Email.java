package dev.poise.server.identity;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An e-mail address, as far as one can tell without writing to it. */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
@Pattern(regexp = "[^\\s@\\p{Cntrl}]{1,64}@[A-Za-z0-9.-]{1,190}")
@ReportAsSingleViolation
public @interface Email {
  String message() default "[invalid]This must be an e-mail address.";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}
