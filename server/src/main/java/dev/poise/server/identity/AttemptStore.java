package dev.poise.server.identity;

import java.sql.Timestamp;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows that count attempts. */
@Component
class AttemptStore {
  private final JdbcClient db;

  AttemptStore(JdbcClient db) {
    this.db = db;
  }

  /** How often something was tried, and when counting begins anew. */
  record Count(int attempts, Instant endTime) {}

  /** Counts one more. */
  Count add(String subject, Instant now, Instant end) {
    return db.sql(
            """
            INSERT INTO sign_in_attempts AS a (subject, attempts, end_time) VALUES (:subject, 1, :end)
            ON CONFLICT (subject) DO UPDATE SET
              attempts = CASE WHEN a.end_time <= :now THEN 1 ELSE a.attempts + 1 END,
              end_time = CASE WHEN a.end_time <= :now THEN :end ELSE a.end_time END
            RETURNING attempts, end_time
            """)
        .param("subject", subject)
        .param("now", Timestamp.from(now))
        .param("end", Timestamp.from(end))
        .query(
            (row, _) -> new Count(row.getInt("attempts"), row.getTimestamp("end_time").toInstant()))
        .single();
  }

  void takeBack(String subject) {
    db.sql(
            """
            UPDATE sign_in_attempts SET attempts = greatest(attempts - 1, 0) WHERE subject = :subject
            """)
        .param("subject", subject)
        .update();
  }

  void clear(String subject) {
    db.sql("DELETE FROM sign_in_attempts WHERE subject = :subject")
        .param("subject", subject)
        .update();
  }

  /** Drops some that count no more. */
  void forget(Instant now) {
    db.sql(
            """
            DELETE FROM sign_in_attempts WHERE subject IN (
              SELECT subject FROM sign_in_attempts WHERE end_time < :now
              ORDER BY end_time LIMIT 20 FOR UPDATE SKIP LOCKED)
            """)
        .param("now", Timestamp.from(now))
        .update();
  }
}
