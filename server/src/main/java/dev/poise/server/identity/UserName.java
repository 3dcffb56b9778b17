package dev.poise.server.identity;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a user signs in as. Upper and lower case are the same. */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
@Pattern(regexp = UserName.PATTERN)
@ReportAsSingleViolation
public @interface UserName {
  /** Nothing that looks like something else. */
  String PATTERN = "[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}";

  String message() default
      "[invalid]A user name is 1 to 64 of the letters a to z, digits and . _ @ + -, and begins with"
          + " a letter or digit.";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}
