package dev.poise.spec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.regex.Pattern;

/**
 * Whether a client stays with the member it got first. Cookies are for HTTP and HTTPS listeners,
 * the source address is for UDP: for TCP and HTTP that is an algorithm.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface Persistence {
  /** Every request is balanced anew. */
  @JsonTypeName("OFF")
  record Off() implements Persistence {}

  /**
   * By a cookie that the node sets and that members never see. Its value follows from the member's
   * address and port, so it is the same on every node and tells nothing of the member.
   */
  @JsonTypeName("COOKIE")
  record Cookie(CookieName name) implements Persistence {}

  /** By the client's address: all its sessions go to one member while the members stay the same. */
  @JsonTypeName("SOURCE_IP")
  record SourceIp() implements Persistence {}

  /** The name of a cookie: 1 to 64 letters, digits and underscores. */
  record CookieName(@com.fasterxml.jackson.annotation.JsonValue String text) {
    private static final Pattern FORM = Pattern.compile("[0-9A-Za-z_]{1,64}");

    @com.fasterxml.jackson.annotation.JsonCreator(
        mode = com.fasterxml.jackson.annotation.JsonCreator.Mode.DELEGATING)
    public CookieName {
      if (!isValid(text)) {
        throw new IllegalArgumentException(
            "not a cookie name of 1 to 64 letters, digits and underscores");
      }
    }

    /** Whether the text is such a name. */
    public static boolean isValid(String text) {
      return FORM.matcher(text).matches();
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
