package dev.poise.server.platform;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/**
 * One line of text for people: any characters but control characters, at most {@code max} of them.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Line.Check.class)
public @interface Line {
  int max();

  boolean blankAllowed() default true;

  String message() default "must be one line of text";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Says which of the rules is broken. */
  final class Check implements ConstraintValidator<Line, String> {
    private int max;
    private boolean blankAllowed;

    @Override
    public void initialize(Line line) {
      max = line.max();
      blankAllowed = line.blankAllowed();
    }

    @Override
    public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
      if (text == null) return true;
      String fault = fault(text);
      if (fault.isEmpty()) return true;
      context.disableDefaultConstraintViolation();
      context.buildConstraintViolationWithTemplate(fault).addConstraintViolation();
      return false;
    }

    private String fault(String text) {
      if (text.length() > max)
        return "[out-of-range]This must have at most " + max + " characters.";
      if (!blankAllowed && text.isBlank()) return "[required]This must not be blank.";
      boolean control =
          text.chars().anyMatch(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029');
      if (!Text.Check.isStorable(text))
        return "[invalid]This must be text, without halves of characters.";
      return control
          ? "[invalid]This must be one line, without line breaks and other control characters."
          : "";
    }
  }
}
