package dev.poise.server.identity;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Makes, changes and ends tenants. Changes join the transaction of their caller. */
@Component
class Tenants {
  private final TenantStore store;
  private final UserStore users;
  private final Invitations invitations;
  private final Sessions sessions;
  private final Bodies bodies;
  private final Audit audit;
  private final InstantSource clock;

  Tenants(
      TenantStore store,
      UserStore users,
      Invitations invitations,
      Sessions sessions,
      Bodies bodies,
      Audit audit,
      InstantSource clock) {
    this.store = store;
    this.users = users;
    this.invitations = invitations;
    this.sessions = sessions;
    this.bodies = bodies;
    this.audit = audit;
    this.clock = clock;
  }

  /** A tenant that was just made, with its first administrator. */
  record Made(Tenant tenant, Invitations.Invited mainAccount) {}

  Made create(Caller caller, Tenant.Input input) {
    caller.requirePlatformAdmin();
    Instant now = clock.instant();
    Tenant made =
        new Tenant(
            TenantId.generate(now),
            input.name(),
            Objects.requireNonNullElse(input.remark(), ""),
            false,
            Tenant.State.ACTIVE,
            now,
            null,
            1);
    if (!store.insert(made)) throw nameInUse(made.name());
    audit.append(caller, "tenant.create", made.id().text(), null, made);
    Tenant.MainAccount main = input.mainAccount();
    User.Input user =
        new User.Input(
            main.name(), Caller.Role.TENANT_ADMIN, main.email(), main.externalId(), null);
    return new Made(made, invitations.invite(caller, made.id(), user, true));
  }

  Tenant get(Caller caller, TenantId id) {
    caller.requirePlatformAdmin();
    return store.find(id).orElseThrow(() -> new Refusal.NotFound("tenant " + id));
  }

  Page<Tenant> list(Caller caller, PageRequest request) {
    caller.requirePlatformAdmin();
    return store.page(request);
  }

  Tenant patch(Caller caller, TenantId id, Conditions conditions, MergePatch patch) {
    Tenant before = locked(caller, id, conditions);
    Tenant.Description wanted =
        bodies.patched(before.description(), patch, Tenant.Description.class);
    if (!store.describe(id, wanted.name(), Objects.requireNonNullElse(wanted.remark(), "")))
      throw nameInUse(wanted.name());
    return changed(caller, "tenant.update", before);
  }

  /** Ends all sign-ins and stops all keys of the tenant; its load balancers go on serving. */
  Tenant disable(Caller caller, TenantId id, Conditions conditions) {
    Tenant before = locked(caller, id, conditions);
    requireOrdinary(before);
    store.setDisabled(id, true);
    sessions.endAllOf(id);
    return changed(caller, "tenant.disable", before);
  }

  Tenant enable(Caller caller, TenantId id, Conditions conditions) {
    Tenant before = locked(caller, id, conditions);
    store.setDisabled(id, false);
    return changed(caller, "tenant.enable", before);
  }

  /** Deletes a tenant that has nothing but users. */
  TenantId delete(Caller caller, TenantId id, Conditions conditions) {
    Tenant before = locked(caller, id, conditions);
    requireOrdinary(before);
    List<String> contents = store.contents(id);
    if (!contents.isEmpty()) {
      throw new Refusal.Conflict(
          ProblemType.TENANT_NOT_EMPTY,
          "The tenant '%s' still has %s.".formatted(before.name(), String.join(", ", contents)));
    }
    Instant now = clock.instant();
    sessions.endAllOf(id);
    users.deleteAll(id, now);
    store.delete(id, now);
    audit.append(caller, "tenant.delete", id.text(), before, null);
    return id;
  }

  private Tenant locked(Caller caller, TenantId id, Conditions conditions) {
    caller.requirePlatformAdmin();
    Tenant tenant = store.lock(id).orElseThrow(() -> new Refusal.NotFound("tenant " + id));
    conditions.require(tenant.version());
    return tenant;
  }

  private Tenant changed(Caller caller, String action, Tenant before) {
    Tenant after = store.find(before.id()).orElseThrow();
    audit.append(caller, action, before.id().text(), before, after);
    return after;
  }

  private static void requireOrdinary(Tenant tenant) {
    if (tenant.platform())
      throw new Refusal.Forbidden("The platform's own tenant cannot be disabled or deleted.");
  }

  private static Refusal nameInUse(String name) {
    return new Refusal.Conflict(
        ProblemType.NAME_IN_USE, "There is a tenant named '" + name + "' already.");
  }
}
