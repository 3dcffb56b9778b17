package dev.poise.server.identity;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Caller.Scope;
import dev.poise.server.platform.Gathering;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.Secret;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes and revokes API keys, and finds out who holds one. A user sees its own, an administrator
 * those of the tenant. Changes join the transaction of their caller.
 */
@Component
public class ApiKeys {
  /** What every API key begins with. */
  public static final String PREFIX = "poise";

  /** Keys whose holders are looked up together. */
  private static final int MOST_AT_ONCE = 200;

  private final ApiKeyStore store;
  private final UserStore users;
  private final Audit audit;
  private final InstantSource clock;
  private final Gathering<ByteBuffer, Optional<Holder>> held;

  ApiKeys(ApiKeyStore store, UserStore users, Audit audit, InstantSource clock) {
    this.store = store;
    this.users = users;
    this.audit = audit;
    this.clock = clock;
    held = Gathering.ofLookUps(MOST_AT_ONCE, hashes -> store.holders(hashes, clock.instant()));
  }

  /** A key that was just made; this is the only time it is seen. */
  record Made(ApiKey key, Secret secret) {}

  /** The caller with that key, if there is one. */
  public Optional<Caller> authenticate(Secret key, String sourceAddress, String requestId) {
    Instant now = clock.instant();
    Optional<Holder> holder = held.ask(ByteBuffer.wrap(key.hash()));
    holder.filter(it -> it.isToBeNoted(now)).ifPresent(it -> store.used(it.id(), now));
    return holder.map(it -> it.caller(sourceAddress, requestId));
  }

  Made create(Caller caller, ApiKey.Input input) {
    Instant now = clock.instant();
    User user = users.itself(new UserId(caller.user()));
    if (!user.tenantId().equals(caller.tenant())) {
      throw new Refusal.Forbidden(
          "A key belongs to its user's own tenant. Send the request without Poise-Tenant.");
    }
    if (input.expireTime() != null && !input.expireTime().isAfter(now)) {
      throw new Refusal.Invalid(
          "/expireTime", ProblemType.VALIDATION_FAILED, "This must be in the future.");
    }
    ApiKey made =
        new ApiKey(
            ApiKeyId.generate(now),
            user.id(),
            input.name(),
            Objects.requireNonNullElse(input.scope(), Scope.FULL),
            input.expireTime(),
            null,
            now);
    Secret secret = Secret.generate(PREFIX);
    if (!store.insert(caller.tenant(), made, secret)) {
      throw new Refusal.Conflict(
          ProblemType.NAME_IN_USE, "You have a key named '" + made.name() + "' already.");
    }
    audit.append(caller, "api-key.create", made.id().text(), null, made);
    return new Made(made, secret);
  }

  ApiKey get(Caller caller, ApiKeyId id) {
    return store
        .find(caller.tenant(), onlyOf(caller), id)
        .orElseThrow(() -> new Refusal.NotFound("API key " + id));
  }

  Page<ApiKey> list(Caller caller, PageRequest request) {
    return store.page(caller.tenant(), onlyOf(caller), request);
  }

  ApiKeyId revoke(Caller caller, ApiKeyId id) {
    ApiKey key = get(caller, id);
    Users.requireMayManage(caller, users.itself(key.userId()));
    store.revoke(caller.tenant(), id, clock.instant());
    audit.append(caller, "api-key.revoke", id.text(), key, null);
    return id;
  }

  private static @Nullable UserId onlyOf(Caller caller) {
    return caller.role() == Role.TENANT_USER ? new UserId(caller.user()) : null;
  }
}
