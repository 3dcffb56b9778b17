package dev.poise.server;

import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Secret;
import dev.poise.spec.TypeId;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Makes tenants and users, each with an API key. */
public final class TestPeople {
  private final JdbcClient db;

  public TestPeople(JdbcClient db) {
    this.db = db;
  }

  /** A user and the key it calls with. */
  public record Person(String tenant, String user, String keyId, String key) {}

  /** A tenant without anybody. */
  public String tenant() {
    String id = TypeId.generate("ten", Instant.now());
    db.sql("INSERT INTO tenants (id, name, create_time) VALUES (?, ?, now())")
        .params(id, "tenant of " + id)
        .update();
    return id;
  }

  /** A new user of that tenant. */
  public Person userIn(String tenant, Caller.Role role) {
    Secret key = Secret.generate("poise");
    String user = TypeId.generate("usr", Instant.now());
    String keyId = TypeId.generate("key", Instant.now());
    db.sql("INSERT INTO users (id, tenant_id, name, role, create_time) VALUES (?, ?, ?, ?, now())")
        .params(user, tenant, user, role.name())
        .update();
    db.sql(
            "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, create_time) VALUES (?,"
                + " ?, ?, 'k', ?, now())")
        .params(keyId, tenant, user, key.hash())
        .update();
    return new Person(tenant, user, keyId, key.text());
  }

  /** A session of that user, which nobody has the cookie of. */
  public String session(Person person) {
    String id = TypeId.generate("ses", Instant.now());
    db.sql(
            """
            INSERT INTO sessions (id, tenant_id, user_id, token_hash, method, source_address, user_agent, create_time,
              last_used_time, expire_time)
            VALUES (?, ?, ?, ?, 'PASSWORD', '127.0.0.1', '', now(), now(), now() + interval '1 hour')
            """)
        .params(id, person.tenant(), person.user(), Secret.generate("poise_session").hash())
        .update();
    return id;
  }
}
