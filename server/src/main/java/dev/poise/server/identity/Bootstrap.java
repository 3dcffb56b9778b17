package dev.poise.server.identity;

import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.Secret;
import dev.poise.server.platform.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes the first platform administrator when there is none. Its API key, and the token that sets
 * its password, are written to files that only the server's user can read; there is no default
 * password. The files are complete before what they hold is valid: were it the other way round, a
 * crash in between would leave an installation nobody can open.
 */
@Component
final class Bootstrap implements ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);
  private static final String NAME = "admin";

  private final TenantStore tenants;
  private final UserStore users;
  private final ApiKeyStore keys;
  private final SetUps setUps;
  private final TransactionTemplate transaction;
  private final InstantSource clock;
  private final String keyFile;
  private final String setUpFile;

  Bootstrap(
      TenantStore tenants,
      UserStore users,
      ApiKeyStore keys,
      SetUps setUps,
      TransactionTemplate transaction,
      InstantSource clock,
      @Value("${poise.bootstrap.admin-key-file}") String keyFile,
      @Value("${poise.bootstrap.admin-set-up-file}") String setUpFile) {
    this.tenants = tenants;
    this.users = users;
    this.keys = keys;
    this.setUps = setUps;
    this.transaction = transaction;
    this.clock = clock;
    this.keyFile = keyFile;
    this.setUpFile = setUpFile.isBlank() ? keyFile + ".set-up" : setUpFile;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    transaction.executeWithoutResult(_ -> ensureAdministrator());
  }

  private void ensureAdministrator() {
    users.lockAll();
    if (users.platformAdministrators() > 0) return;
    if (keyFile.isBlank()) {
      LOG.warn(
          "There is no administrator yet. Set POISE_BOOTSTRAP_ADMIN_KEY_FILE and start again to"
              + " make one.");
      return;
    }
    Instant now = clock.instant();
    Tenant tenant = tenants.platform().orElseGet(() -> makeTenant(now));
    User user = makeUser(tenant.id(), now);
    Secret key = Secret.generate(ApiKeys.PREFIX);
    ApiKey described =
        new ApiKey(ApiKeyId.generate(now), user.id(), "bootstrap", Scope.FULL, null, null, now);
    keys.insert(tenant.id(), described, key);
    write(Path.of(keyFile), key.text());
    write(Path.of(setUpFile), setUps.issue(tenant.id(), user.id()).token());
    LOG.info(
        "Made the first administrator, '{}'; its API key is in {}, the token that sets its password"
            + " in {}",
        NAME,
        keyFile,
        setUpFile);
  }

  private Tenant makeTenant(Instant now) {
    Tenant made =
        new Tenant(TenantId.generate(now), "platform", "", true, Tenant.State.ACTIVE, now, null, 1);
    if (!tenants.insert(made))
      throw new IllegalStateException("There is another tenant named 'platform'.");
    return made;
  }

  private User makeUser(TenantId tenant, Instant now) {
    User made =
        new User(
            UserId.generate(now),
            tenant,
            NAME,
            Role.PLATFORM_ADMIN,
            true,
            null,
            null,
            "",
            User.State.INVITED,
            false,
            null,
            now,
            null,
            1);
    if (users.insert(made).isPresent())
      throw new IllegalStateException("There is another user named '" + NAME + "'.");
    return made;
  }

  private static void write(Path given, String secret) {
    Path file = given.toAbsolutePath();
    Path folder = Objects.requireNonNull(file.getParent(), "a file has a folder");
    try {
      Path draft =
          Files.createTempFile(
              folder,
              ".admin",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(draft, secret + "\n");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new IllegalStateException(
          "Cannot write the administrator's key to " + file + ": " + e.getMessage(), e);
    }
  }
}
