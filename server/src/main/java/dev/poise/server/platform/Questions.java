package dev.poise.server.platform;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.stereotype.Component;

/**
 * Asks the database several things in one round trip.
 *
 * <p>A row that is found by its key is found in less time than it takes to ask for it and to be
 * answered. Where several queries are always made together, the way is most of what they cost.
 */
@Component
public final class Questions {
  private final JdbcTemplate db;

  Questions(JdbcTemplate db) {
    this.db = db;
  }

  /**
   * One query.
   *
   * @param query with a {@code ?} for each parameter
   * @param parameters texts, and arrays of texts
   * @param answers is given each row
   */
  public record Question(String query, List<Object> parameters, RowCallbackHandler answers) {}

  /**
   * Asked as the first thing in a transaction, it lets everything in it see the database as it is
   * at one moment, and change nothing.
   */
  public static final Question OF_ONE_MOMENT =
      new Question(
          "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", List.of(), _ -> {});

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

  private static void set(PreparedStatement statement, List<Question> questions)
      throws SQLException {
    int place = 0;
    for (Question question : questions) {
      for (Object parameter : question.parameters()) {
        place++;
        if (parameter instanceof String[] texts)
          statement.setArray(place, statement.getConnection().createArrayOf("text", texts));
        else statement.setObject(place, parameter);
      }
    }
  }
}
