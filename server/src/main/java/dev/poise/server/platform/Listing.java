package dev.poise.server.platform;

import dev.poise.server.platform.PageRequest.Order;
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
 * wherever it is and nothing is shown twice or left out when rows come and go.
 */
public final class Listing {
  private Listing() {}

  /** An item with what it is sorted by. */
  private record Row<T>(T item, Position position) {}

  /**
   * A page of a query's rows.
   *
   * @param select a SELECT with at least the columns {@code id}, {@code name}, {@code create_time}
   *     and {@code search}, the text that {@code q} is looked for in
   */
  public static <T> Page<T> page(
      JdbcClient db,
      String select,
      Map<String, ?> parameters,
      PageRequest request,
      RowMapper<T> mapper) {
    Map<String, Object> all = new HashMap<>(parameters);
    all.put(
        "like",
        "%" + request.q().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%");
    String found = "FROM (" + select + ") AS found WHERE (:like = '%%' OR search ILIKE :like)";
    long total = db.sql("SELECT count(*) " + found).params(all).query(Long.class).single();

    String key = request.orderBy().key() == Order.Key.NAME ? "name" : "create_time";
    String type = request.orderBy().key() == Order.Key.NAME ? "text" : "timestamptz";
    String direction = request.orderBy().descending() ? "DESC" : "ASC";
    String begin = "";
    if (request.after() != null) {
      begin =
          " AND (%s, id) %s (:afterValue::%s, :afterId)"
              .formatted(key, direction.equals("ASC") ? ">" : "<", type);
      all.put("afterValue", request.after().value());
      all.put("afterId", request.after().id());
    }
    all.put("limit", request.pageSize() + 1);
    String order = " ORDER BY %s %s, id %s LIMIT :limit".formatted(key, direction, direction);
    List<Row<T>> rows =
        db.sql("SELECT *, " + key + "::text AS sorted_by " + found + begin + order)
            .params(all)
            .query((row, number) -> row(row, number, mapper))
            .list();
    return page(rows, request.pageSize(), total);
  }

  /** A page of a list that is in memory already, because the thing it is part of is. */
  public static <T> Page<T> page(
      List<T> items,
      PageRequest request,
      Function<T, String> id,
      Function<T, String> name,
      Function<T, String> search) {
    boolean byName = request.orderBy().key() == Order.Key.NAME;
    Comparator<Row<T>> order =
        Comparator.comparing((Row<T> row) -> row.position().value())
            .thenComparing(row -> row.position().id());
    Comparator<Row<T>> wanted = request.orderBy().descending() ? order.reversed() : order;
    String q = request.q().toLowerCase(Locale.ROOT);
    List<Row<T>> found = new ArrayList<>();
    for (T item : items) {
      // An id begins with its time, so ids are in the order of creation.
      Position position = new Position(byName ? name.apply(item) : id.apply(item), id.apply(item));
      if (search.apply(item).toLowerCase(Locale.ROOT).contains(q))
        found.add(new Row<>(item, position));
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
