package dev.poise.server;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/** One PostgreSQL for all tests of this module. */
public final class TestDatabase {
  private static final EmbeddedPostgres POSTGRES = start();

  private TestDatabase() {}

  public static String url() {
    return POSTGRES.getJdbcUrl("postgres", "postgres");
  }

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
