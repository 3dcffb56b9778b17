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
 * Text of any number of lines, at most {@code max} characters, which comes back as it was given:
 * without what neither UTF-8 nor the database can hold.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Text.Check.class)
public @interface Text {
  int max();

  String message() default "must be text";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Says which of the rules is broken. */
  final class Check implements ConstraintValidator<Text, String> {
    private int max;

    @Override
    public void initialize(Text text) {
      max = text.max();
    }

    @Override
    public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
      if (text == null) return true;
      String fault =
          text.length() > max
              ? "[out-of-range]This must have at most " + max + " characters."
              : isStorable(text)
                  ? ""
                  : "[invalid]This must be text, without NUL and halves of characters.";
      if (fault.isEmpty()) return true;
      context.disableDefaultConstraintViolation();
      context.buildConstraintViolationWithTemplate(fault).addConstraintViolation();
      return false;
    }

    /** Whether the text survives UTF-8 and the database. */
    static boolean isStorable(String text) {
      return text.codePoints()
          .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }
  }
}
