package dev.poise.server.platform;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says by what a list can be sorted and filtered. It stands on the controller's method, whose
 * result is a {@link Page} of records; all names are those of the record's fields. Everything else
 * follows: reading the request, refusing what is not here, the SQL (the field {@code createTime} is
 * the column {@code create_time}) and the description of the API.
 *
 * <p>A list without this can be sorted by creation time and name and not be filtered.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Listed {
  /** Fields that are never absent, the one that is used if nothing is asked for first. */
  String[] sort() default {"createTime", "name"};

  /** Fields whose values can be asked for; several values of one field mean any of them. */
  String[] filter() default {};
}
