package dev.poise.server.platform;

import io.swagger.v3.oas.annotations.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for.
 *
 * @param orderBy {@code createTime} or {@code name}, with {@code " desc"} behind it for the other
 *     direction
 * @param after where the page before ended; absent for the first
 */
public record PageRequest(
    @Parameter(description = "How many items, 1-500; 25 if absent") int pageSize,
    @Parameter(description = "Only items with this text in name, id or address") String q,
    @Parameter(description = "createTime or name, with ' desc' behind it for the other direction")
        Order orderBy,
    @Nullable Position after) {

  /** The same part of the list, sorted by name. */
  public PageRequest byName() {
    return new PageRequest(pageSize, q, new Order(Order.Key.NAME, orderBy.descending()), after);
  }

  /** The order of a list; the id decides between equals. */
  public record Order(Key key, boolean descending) {
    /** What a list can be sorted by. */
    public enum Key {
      CREATE_TIME,
      NAME
    }
  }

  /**
   * The last item of a page.
   *
   * @param value of the key the list is sorted by
   */
  public record Position(String value, String id) {
    String token() {
      String text = id + "\n" + value;
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static Position of(String token) {
      try {
        String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        if (end > 0) return new Position(text.substring(end + 1), text.substring(0, end));
      } catch (IllegalArgumentException _) {
        // Not Base64: the same answer as for a token of another make.
      }
      throw new Refusal.Unreadable(
          ProblemType.BAD_REQUEST, "The pageToken is not one that a list answered with.");
    }
  }

  static PageRequest of(
      @Nullable String pageSize,
      @Nullable String pageToken,
      @Nullable String q,
      @Nullable String orderBy) {
    return new PageRequest(
        size(pageSize),
        q == null ? "" : q,
        order(orderBy),
        pageToken == null ? null : Position.of(pageToken));
  }

  private static int size(@Nullable String text) {
    if (text == null) return 25;
    if (text.matches("\\d{1,3}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 500) {
      return Integer.parseInt(text);
    }
    throw new Refusal.Unreadable(
        ProblemType.BAD_REQUEST, "pageSize must be a number from 1 to 500.");
  }

  private static Order order(@Nullable String text) {
    return switch (text == null ? "createTime" : text) {
      case "createTime" -> new Order(Order.Key.CREATE_TIME, false);
      case "createTime desc" -> new Order(Order.Key.CREATE_TIME, true);
      case "name" -> new Order(Order.Key.NAME, false);
      case "name desc" -> new Order(Order.Key.NAME, true);
      default ->
          throw new Refusal.Unreadable(
              ProblemType.BAD_REQUEST,
              "orderBy must be createTime or name, with ' desc' behind it for the other"
                  + " direction.");
    };
  }
}
