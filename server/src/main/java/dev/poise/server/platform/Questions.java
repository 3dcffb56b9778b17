package dev.poise.server.platform;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterUtils;
import org.springframework.jdbc.core.namedparam.ParsedSql;
import org.springframework.stereotype.Component;
import org.springframework.util.ConcurrentLruCache;

/**
 * Asks the database several things in one round trip, or has it change several.
 *
 * <p>A row that is found by its key is found in less time than it takes to ask for it and to be
 * answered. Where several queries are always made together, the way is most of what they cost.
 */
@Component
public final class Questions {
  /** A statement of a thousand members would be parsed for itself alone. */
  private static final int MOST_CHANGES = 20;

  private static final ConcurrentLruCache<String, ParsedSql> PARSED =
      new ConcurrentLruCache<>(256, NamedParameterUtils::parseSqlStatement);

  private final JdbcTemplate db;

  Questions(JdbcTemplate db) {
    this.db = db;
  }

  /**
   * One query, or a change.
   *
   * @param query with a {@code ?} for each parameter
   * @param parameters what the driver makes parameters of, and arrays of it
   * @param answers is given each row
   */
  public record Question(
      String query, List<? extends @Nullable Object> parameters, RowCallbackHandler answers) {}

  /** A change whose parameters have names, as in {@code :id}. */
  public static final class Command {
    private final String sql;
    private final MapSqlParameterSource parameters = new MapSqlParameterSource();

    private Command(String sql) {
      this.sql = sql;
    }

    public static Command of(String sql) {
      return new Command(sql);
    }

    public Command param(String name, @Nullable Object value) {
      parameters.addValue(name, value);
      return this;
    }

    /** The change, to be made with others. */
    public Question asked() {
      return asked(_ -> {});
    }

    /** The same, which is given each row that it returns. */
    public Question asked(RowCallbackHandler answers) {
      ParsedSql parsed = PARSED.get(sql);
      return new Question(
          NamedParameterUtils.substituteNamedParameters(parsed, parameters),
          Arrays.asList(NamedParameterUtils.buildValueArray(parsed, parameters, null)),
          answers);
    }
  }

  /** Asks all of them; each is answered before the one behind it. */
  public void ask(List<Question> questions) {
    String together = questions.stream().map(Question::query).collect(Collectors.joining(";\n"));
    db.execute(
        together,
        (PreparedStatement statement) -> {
          set(statement, questions);
          statement.execute();
          for (Question question : questions) {
            try (@Nullable ResultSet rows = statement.getResultSet()) {
              while (rows != null && rows.next()) question.answers().processRow(rows);
            }
            statement.getMoreResults();
          }
          return questions.size();
        });
  }

  /** Makes changes in their order. */
  public void make(List<Question> changes) {
    for (int from = 0; from < changes.size(); from += MOST_CHANGES)
      ask(changes.subList(from, Math.min(changes.size(), from + MOST_CHANGES)));
  }

  private static void set(PreparedStatement statement, List<Question> questions)
      throws SQLException {
    int place = 0;
    for (Question question : questions) {
      for (@Nullable Object parameter : question.parameters())
        statement.setObject(++place, parameter);
    }
  }
}
