package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/** Which clients get in: what a security group comes to for one listener. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Sources {
  /** Every client. */
  @JsonTypeName("ANYONE")
  record Anyone() implements Sources {}

  /**
   * Clients with an address of these ranges. No range is nobody.
   *
   * @param ranges rising, none overlaps another
   */
  @JsonTypeName("ONLY")
  record Only(List<AddressRange> ranges) implements Sources {
    public Only {
      ranges = List.copyOf(ranges);
    }
  }
}
