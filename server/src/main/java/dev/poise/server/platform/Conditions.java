package dev.poise.server.platform;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The {@code If-Match} of a request. */
public record Conditions(@Nullable String ifMatch) {
  /** Nothing is asked for. */
  public static final Conditions NONE = new Conditions(null);

  /**
   * Refuses a caller who expects another version than the current one.
   *
   * @throws Refusal.PreconditionFailed if the caller expects another version than the current one
   */
  public void require(long version) {
    if (ifMatch == null) return;
    String current = etag(version);
    boolean matches =
        Arrays.stream(ifMatch.split(",", -1))
            .map(String::strip)
            .anyMatch(tag -> tag.equals("*") || tag.equals(current));
    if (!matches) throw new Refusal.PreconditionFailed(current);
  }

  /** The ETag of a version. */
  public static String etag(long version) {
    return "\"" + version + "\"";
  }
}
