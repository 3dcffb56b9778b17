package dev.poise.server.identity;

import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import dev.poise.spec.TypeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes the first platform administrator when there is none. Its API key is written to a file that
 * only the server's user can read; there is no default password. The file is complete before the
 * key is valid: were it the other way round, a crash in between would leave an installation nobody
 * can open.
 */
@Component
final class Bootstrap implements ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);

  private final JdbcClient db;
  private final TransactionTemplate transaction;
  private final InstantSource clock;
  private final String keyFile;

  Bootstrap(
      JdbcClient db,
      TransactionTemplate transaction,
      InstantSource clock,
      @Value("${poise.bootstrap.admin-key-file}") String keyFile) {
    this.db = db;
    this.transaction = transaction;
    this.clock = clock;
    this.keyFile = keyFile;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    transaction.executeWithoutResult(_ -> ensureAdministrator());
  }

  private void ensureAdministrator() {
    // Two servers may start at once on an empty database.
    db.sql("LOCK TABLE users IN EXCLUSIVE MODE").update();
    long administrators =
        db.sql("SELECT count(*) FROM users WHERE role = 'PLATFORM_ADMIN'")
            .query(Long.class)
            .single();
    if (administrators > 0) return;
    if (keyFile.isBlank()) {
      LOG.warn(
          "There is no administrator yet. Set POISE_BOOTSTRAP_ADMIN_KEY_FILE and start again to"
              + " make one.");
      return;
    }
    Secret key = Secret.generate(ApiKeys.PREFIX);
    write(key);
    insert(key);
    LOG.info("Made the first administrator; its API key is in {}", keyFile);
  }

  private void insert(Secret key) {
    Instant now = clock.instant();
    Timestamp time = Timestamp.from(now);
    TenantId tenant = TenantId.generate(now);
    String user = TypeId.generate("usr", now);
    db.sql("INSERT INTO tenants (id, name, create_time) VALUES (?, 'platform', ?)")
        .params(tenant.text(), time)
        .update();
    db.sql(
            "INSERT INTO users (id, tenant_id, name, role, create_time) VALUES (?, ?, 'admin',"
                + " 'PLATFORM_ADMIN', ?)")
        .params(user, tenant.text(), time)
        .update();
    db.sql(
            """
            INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, create_time)
            VALUES (?, ?, ?, 'bootstrap', ?, ?)
            """)
        .params(TypeId.generate("key", now), tenant.text(), user, key.hash(), time)
        .update();
  }

  private void write(Secret key) {
    Path file = Path.of(keyFile).toAbsolutePath();
    try {
      Path draft =
          Files.createTempFile(
              file.getParent(),
              ".admin-key",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(draft, key.text() + "\n");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new IllegalStateException(
          "Cannot write the administrator's key to " + file + ": " + e.getMessage(), e);
    }
  }
}
