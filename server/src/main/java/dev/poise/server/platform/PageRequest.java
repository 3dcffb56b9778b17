package dev.poise.server.platform;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for.
 *
 * @param q only items with this text in what the list is searched by
 * @param filters all of which an item must pass
 * @param after where the page before ended; absent for the first
 */
public record PageRequest(
    int pageSize, String q, Order orderBy, List<Filter> filters, @Nullable Position after) {
  /** The longest page there is. */
  public static final int LONGEST = 500;

  private static final int USUAL = 25;

  public PageRequest {
    filters = List.copyOf(filters);
  }

  /** The order of a list; the id decides between equals. */
  public record Order(ListField field, boolean descending) {}

  /** Only items that have one of these values there. */
  public record Filter(ListField field, List<String> values) {
    public Filter {
      values = List.copyOf(values);
    }
  }

  /**
   * The last item of a page.
   *
   * @param value of the field the list is sorted by
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

  /** Whether the list is sorted or filtered by one of these fields. */
  public boolean names(String... fields) {
    List<String> asked = List.of(fields);
    return asked.contains(orderBy.field().name())
        || filters.stream().anyMatch(filter -> asked.contains(filter.field().name()));
  }

  /** The longest part behind the one that ended with that token; the first one without a token. */
  PageRequest longest(@Nullable String token) {
    return new PageRequest(LONGEST, q, orderBy, filters, token == null ? null : Position.of(token));
  }

  /**
   * Reads the parameters of a request.
   *
   * @throws Refusal.Unreadable if page size or token have a wrong form
   * @throws Refusal.Invalid naming every filter and order that the list does not have
   */
  static PageRequest of(ListFields fields, Map<String, String[]> parameters) {
    List<Fault> faults = new ArrayList<>();
    int size = size(first(parameters, "pageSize"));
    @Nullable String token = first(parameters, "pageToken");
    @Nullable Position after = token == null ? null : Position.of(token);
    @Nullable String q = first(parameters, "q");
    Optional<Order> order = order(fields, first(parameters, "orderBy"));
    if (order.isEmpty()) {
      faults.add(
          new Fault(
              "",
              "unknown-order",
              "orderBy must be one of %s, with ' desc' behind it for the other direction."
                  .formatted(ListField.names(fields.sort()))));
    }
    List<Filter> filters = filters(fields, parameters, faults);
    if (order.isEmpty() || !faults.isEmpty()) throw new Refusal.Invalid(faults);
    return new PageRequest(size, q == null ? "" : q, order.get(), filters, after);
  }

  private static @Nullable String first(Map<String, String[]> parameters, String name) {
    String[] values = parameters.get(name);
    return values == null || values.length == 0 ? null : values[0];
  }

  private static int size(@Nullable String text) {
    if (text == null) return USUAL;
    if (text.matches("\\d{1,3}")
        && Integer.parseInt(text) >= 1
        && Integer.parseInt(text) <= LONGEST) {
      return Integer.parseInt(text);
    }
    throw new Refusal.Unreadable(
        ProblemType.BAD_REQUEST, "pageSize must be a number from 1 to 500.");
  }

  private static Optional<Order> order(ListFields fields, @Nullable String text) {
    if (text == null) return Optional.of(new Order(fields.sort().getFirst(), false));
    String[] words = text.strip().split("\\s+", -1);
    boolean descending = words.length == 2 && words[1].equals("desc");
    if (words.length > 2 || (words.length == 2 && !descending && !words[1].equals("asc")))
      return Optional.empty();
    return fields.sortedBy(words[0]).map(field -> new Order(field, descending));
  }

  private static List<Filter> filters(
      ListFields fields, Map<String, String[]> parameters, List<Fault> faults) {
    List<Filter> filters = new ArrayList<>();
    parameters.forEach((name, values) -> {
      if (fields.others().contains(name)) return;
      Optional<ListField> field = fields.filteredBy(name);
      if (field.isEmpty()) {
        faults.add(new Fault("", "unknown-filter", unknown(fields, name)));
        return;
      }
      for (String value : values) {
        field
            .get()
            .faultOf(value)
            .ifPresent(fault -> faults.add(new Fault("", "invalid-filter", fault)));
      }
      filters.add(new Filter(field.get(), List.of(values)));
    });
    return filters;
  }

  private static String unknown(ListFields fields, String name) {
    String shown = name.length() > 60 ? name.substring(0, 60) + "..." : name;
    return fields.filter().isEmpty()
        ? "There is no filter '%s'; this list has none.".formatted(shown)
        : "There is no filter '%s'; this list can be filtered by %s."
            .formatted(shown, ListField.names(fields.filter()));
  }
}
