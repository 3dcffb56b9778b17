package dev.poise.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseTest {
  @Test
  void readsAddressNameAndAccount() {
    Database database = Database.parse("postgresql://poise:s3cret@10.0.0.7:6432/poise_eval");
    assertThat(database).isEqualTo(new Database("10.0.0.7", 6432, "poise_eval", "poise", "s3cret"));
    assertThat(database.jdbcUrl()).isEqualTo("jdbc:postgresql://10.0.0.7:6432/poise_eval");
  }

  @Test
  void knowsThePortThatPostgresqlHasByDefault() {
    assertThat(Database.parse("postgres://u:p@db/x").port()).isEqualTo(5432);
  }

  @Test
  void readsSpecialCharactersOfPasswords() {
    assertThat(Database.parse("postgresql://u:a%40b%2Fc+d:e@db/x").password())
        .isEqualTo("a@b/c+d:e");
  }

  @Test
  void doesNotShowThePassword() {
    assertThat(Database.parse("postgresql://u:s3cret@db/x").toString()).doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "db",
        "jdbc:postgresql://db/x",
        "mysql://u:p@db/x",
        "postgresql://db/x",
        "postgresql://u:p@db",
        "postgresql://u:p@db/",
        "postgresql://u:p@/x",
        "postgresql://u:p@db/x?sslmode=require",
        "postgresql://u:p w@db/x"
      })
  void refusesWhatIsNotOfThatForm(String url) {
    assertThatThrownBy(() -> Database.parse(url))
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("postgresql://user:password@host:port/database");
  }

  @Test
  void saysInASentenceThatADatabaseDoesNotAnswer() {
    Database nobody = new Database("127.0.0.1", Ports.choose("127.0.0.1"), "x", "u", "p");
    assertThatThrownBy(nobody::requireSupportedVersion)
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("cannot be used")
        .hasMessageContaining("refused");
  }
}
