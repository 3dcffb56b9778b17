package dev.poise.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.ApiTest;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** In transactions that are rolled back: other tests need the administrator that there is. */
class BootstrapTest extends ApiTest {
  @Autowired private TenantStore tenants;
  @Autowired private UserStore users;
  @Autowired private ApiKeyStore keys;
  @Autowired private ApiKeys apiKeys;
  @Autowired private SetUps setUps;
  @Autowired private TransactionTemplate transaction;
  @Autowired private InstantSource clock;
  @Autowired private JdbcClient db;
  @TempDir private Path folder = Path.of("");

  private void run(String keyFile) {
    new Bootstrap(tenants, users, keys, setUps, transaction, clock, keyFile, "")
        .run(new DefaultApplicationArguments());
  }

  private String text(String file) {
    Path path = folder.resolve(file);
    try {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
      return Files.readString(path).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void withoutAdministrator(Runnable claim) {
    transaction.executeWithoutResult(status -> {
      status.setRollbackOnly();
      db.sql(
              """
              UPDATE users SET delete_time = now() WHERE role = 'PLATFORM_ADMIN' AND delete_time IS NULL
              """)
          .update();
      claim.run();
    });
  }

  @Test
  void makesAnAdministratorInThePlatformsTenantAndTwoFilesThatAreItsOwn() {
    String tenant = get("/me").text("/tenant/id");
    withoutAdministrator(() -> {
      run(folder.resolve("admin.key").toString());
      Caller caller =
          apiKeys.authenticate(new Secret(text("admin.key")), "127.0.0.1", "").orElseThrow();
      assertThat(caller.role()).isEqualTo(Caller.Role.PLATFORM_ADMIN);
      assertThat(caller.tenant()).hasToString(tenant);
      Origin origin = new Origin("127.0.0.1", "", "");
      Secret token = new Secret(text("admin.key.set-up"));
      assertThat(setUps.redeem(token, "a password of my own", origin)).isEqualTo("admin");
    });
  }

  @Test
  void makesNobodyWhenThereIsOneOrNoFileToWriteTo() {
    run(folder.resolve("admin.key").toString());
    assertThat(folder).isEmptyDirectory();
    withoutAdministrator(() -> {
      run("");
      assertThat(users.platformAdministrators()).isZero();
    });
  }
}
