package dev.poise.server.platform;

import dev.poise.server.platform.PageRequest.Filter;
import dev.poise.server.platform.PageRequest.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keyset paging: a page begins behind the last item of the page before, so that it costs the same
 * wherever it is and nothing is shown twice or left out when rows come and go. Items that are equal
 * in what the list is sorted by are in the order of their ids.
 */
public final class Listing {
  private Listing() {}

  /** An item with what it is sorted by. */
  private record Row<T>(T item, Position position) {}

  /**
   * A page of a query's rows.
   *
   * @param select a SELECT with the column {@code id}, a column for each field that the list is
   *     sorted and filtered by, and {@code search}, the text that {@code q} is looked for in
   */
  public static <T> Page<T> page(
      JdbcClient db,
      String select,
      Map<String, ?> parameters,
      PageRequest request,
      RowMapper<T> mapper) {
    Map<String, Object> all = new HashMap<>(parameters);
    String found = "FROM (" + select + ") AS found WHERE true" + conditions(request, all);
    long total = db.sql("SELECT count(*) " + found).params(all).query(Long.class).single();

    String key = request.orderBy().field().sortExpression();
    String type = request.orderBy().field().sqlType();
    String direction = request.orderBy().descending() ? "DESC" : "ASC";
    String begin = "";
    if (request.after() != null) {
      begin =
          " AND (%s, id) %s (:afterValue::%s, :afterId)"
              .formatted(key, direction.equals("ASC") ? ">" : "<", type);
      all.put("afterValue", request.after().value());
      all.put("afterId", request.after().id());
    }
    // As a number in the query, so that it is planned for a page and not for a tenth of all rows.
    String order =
        " ORDER BY %s %s, id %s LIMIT %d"
            .formatted(key, direction, direction, request.pageSize() + 1);
    List<Row<T>> rows =
        db.sql("SELECT *, (" + key + ")::text AS sorted_by " + found + begin + order)
            .params(all)
            .query((row, number) -> row(row, number, mapper))
            .list();
    return page(rows, request.pageSize(), total);
  }

  private static String conditions(PageRequest request, Map<String, Object> parameters) {
    StringBuilder conditions = new StringBuilder();
    if (!request.q().isEmpty()) {
      conditions.append(" AND search ILIKE :like");
      parameters.put(
          "like",
          "%" + request.q().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%");
    }
    for (Filter filter : request.filters()) {
      String parameter = "filter_" + filter.field().column();
      conditions.append(
          " AND %s = ANY(:%s)".formatted(filter.field().filterExpression(), parameter));
      parameters.put(parameter, filter.values().toArray(String[]::new));
    }
    return conditions.toString();
  }

  /**
   * A page of a list that is in memory already, because the thing it is part of is.
   *
   * @param items as they are answered
   * @param search the text of an item that {@code q} is looked for in
   */
  public static <T> Page<T> page(
      List<T> items, PageRequest request, Function<T, String> id, Function<T, String> search) {
    return page(items, request, id, request.orderBy().field()::sortText, search);
  }

  /**
   * A page of a list in memory that has an order of its own.
   *
   * @param key a text whose order it is
   */
  public static <T> Page<T> page(
      List<T> items,
      PageRequest request,
      Function<T, String> id,
      Function<T, String> key,
      Function<T, String> search) {
    Comparator<Row<T>> order =
        Comparator.comparing((Row<T> row) -> row.position().value())
            .thenComparing(row -> row.position().id());
    Comparator<Row<T>> wanted = request.orderBy().descending() ? order.reversed() : order;
    String q = request.q().toLowerCase(Locale.ROOT);
    List<Row<T>> found = new ArrayList<>();
    for (T item : items) {
      if (passes(item, request) && search.apply(item).toLowerCase(Locale.ROOT).contains(q))
        found.add(new Row<>(item, new Position(key.apply(item), id.apply(item))));
    }
    Row<T> after = request.after() == null ? null : bound(request.after());
    List<Row<T>> rows =
        found.stream()
            .filter(row -> after == null || wanted.compare(row, after) > 0)
            .sorted(wanted)
            .limit(request.pageSize() + 1L)
            .toList();
    return page(rows, request.pageSize(), found.size());
  }

  private static boolean passes(Object item, PageRequest request) {
    return request.filters().stream()
        .allMatch(
            filter -> filter.field().text(item).filter(filter.values()::contains).isPresent());
  }

  @SuppressWarnings("NullAway") // only its position is looked at
  private static <T> Row<T> bound(Position position) {
    return new Row<>(null, position);
  }

  private static <T> Page<T> page(List<Row<T>> rows, int pageSize, long total) {
    boolean more = rows.size() > pageSize;
    List<Row<T>> shown = more ? rows.subList(0, pageSize) : rows;
    @Nullable String next = more ? shown.getLast().position().token() : null;
    return new Page<>(shown.stream().map(Row::item).toList(), next, total);
  }

  private static <T> Row<T> row(ResultSet row, int number, RowMapper<T> mapper)
      throws SQLException {
    T item = mapper.mapRow(row, number);
    if (item == null) throw new IllegalStateException("a row was read as nothing");
    return new Row<>(item, new Position(row.getString("sorted_by"), row.getString("id")));
  }
}
