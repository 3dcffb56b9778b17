package dev.poise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class MigrationTest {
  @Test
  void whatIsThereGetsACreatorAndOldEventsAUser() {
    JdbcClient.create(new DriverManagerDataSource(TestDatabase.url(), "postgres", ""))
        .sql("CREATE DATABASE of_before")
        .update();
    String url = TestDatabase.url().replace("/postgres?", "/of_before?");
    DriverManagerDataSource source = new DriverManagerDataSource(url, "postgres", "");
    Flyway.configure().dataSource(source).target("3").load().migrate();
    JdbcClient db = JdbcClient.create(source);
    for (String row :
        """
        INSERT INTO tenants VALUES ('ten_1', 'one', now()), ('ten_2', 'nobody is in it', now());
        INSERT INTO users VALUES ('usr_2', 'ten_1', 'second', 'TENANT_USER', now()),
          ('usr_1', 'ten_1', 'first', 'TENANT_ADMIN', now() - interval '1 day');
        INSERT INTO api_keys VALUES ('key_2', 'ten_1', 'usr_2', 'k', decode(repeat('00', 32), 'hex'), now());
        INSERT INTO data_centers VALUES ('dc_1', 'here', '', now());
        INSERT INTO vpcs VALUES ('vpc_1', 'ten_1', 'dc_1', 'v', '', now()), ('vpc_2', 'ten_2', 'dc_1', 'v', '', now());
        INSERT INTO subnets VALUES ('sub_1', 'ten_1', 'vpc_1', 's', '', '10.0.0.0/24', now());
        INSERT INTO audit_events VALUES
          ('evt_1', 'ten_1', now(), 'key_2', '127.0.0.1', 'req_1', 'vpc.create', 'vpc_1', null, null),
          ('evt_2', 'ten_1', now(), 'system', '', '', 'member.drained', 'lb_1', null, null);
        """
            .split(";\n", -1)) {
      if (!row.isBlank()) db.sql(row).update();
    }

    Flyway.configure().dataSource(source).load().migrate();

    assertThat(text(db, "SELECT creator_id FROM vpcs WHERE id = 'vpc_1'")).isEqualTo("usr_1");
    assertThat(text(db, "SELECT creator_id FROM vpcs WHERE id = 'vpc_2'")).isEqualTo("system");
    assertThat(text(db, "SELECT creator_id FROM subnets WHERE id = 'sub_1'")).isEqualTo("usr_1");
    assertThat(text(db, "SELECT user_id FROM audit_events WHERE id = 'evt_1'")).isEqualTo("usr_2");
    assertThat(text(db, "SELECT user_id FROM audit_events WHERE id = 'evt_2'")).isEqualTo("system");
  }

  private static String text(JdbcClient db, String query) {
    return db.sql(query).query(String.class).single();
  }
}
