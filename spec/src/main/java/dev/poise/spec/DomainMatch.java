package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;

/** Which Host headers a rule is for; ports and case do not count. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface DomainMatch {
  /** All. */
  @JsonTypeName("ANY")
  record Any() implements DomainMatch {}

  /**
   * This one, or with a leading {@code *.} every name that ends with the rest, however many labels
   * are in front.
   */
  @JsonTypeName("PATTERN")
  record Pattern(DomainPattern domain) implements DomainMatch {}
}
