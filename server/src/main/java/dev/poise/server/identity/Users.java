package dev.poise.server.identity;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.Caller.Role;
import dev.poise.server.platform.Conditions;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Page;
import dev.poise.server.platform.PageRequest;
import dev.poise.server.platform.ProblemType;
import dev.poise.server.platform.Refusal;
import java.time.InstantSource;
import java.util.Objects;
import org.springframework.stereotype.Component;

/**
 * The users of a tenant: its administrators manage them, all of them see each other, so that it is
 * known who made what. Changes join the transaction of their caller, and hold the tenant's row: so
 * two administrators cannot both be the last but one who goes.
 */
@Component
class Users {
  private final UserStore store;
  private final TenantStore tenants;
  private final Invitations invitations;
  private final SetUps setUps;
  private final Sessions sessions;
  private final SecondFactors secondFactors;
  private final CredentialStore credentials;
  private final Bodies bodies;
  private final Audit audit;
  private final InstantSource clock;

  Users(
      UserStore store,
      TenantStore tenants,
      Invitations invitations,
      SetUps setUps,
      Sessions sessions,
      SecondFactors secondFactors,
      CredentialStore credentials,
      Bodies bodies,
      Audit audit,
      InstantSource clock) {
    this.store = store;
    this.tenants = tenants;
    this.invitations = invitations;
    this.setUps = setUps;
    this.sessions = sessions;
    this.secondFactors = secondFactors;
    this.credentials = credentials;
    this.bodies = bodies;
    this.audit = audit;
    this.clock = clock;
  }

  Invitations.Invited create(Caller caller, User.Input input) {
    caller.requireAdmin();
    Tenant tenant = lockedTenant(caller);
    requireMayGive(caller, tenant, input.role());
    return invitations.invite(caller, tenant.id(), input, false);
  }

  User get(Caller caller, UserId id) {
    return store.find(caller.tenant(), id).orElseThrow(() -> new Refusal.NotFound("user " + id));
  }

  Page<User> list(Caller caller, PageRequest request) {
    return store.page(caller.tenant(), request);
  }

  User patch(Caller caller, UserId id, Conditions conditions, MergePatch patch) {
    Tenant tenant = lockedTenant(caller);
    User before = manageable(caller, id, conditions);
    User.Input wanted = bodies.patched(before.input(), patch, User.Input.class, "name");
    if (wanted.role() != before.role()) {
      requireMayGive(caller, tenant, wanted.role());
      requireAnotherAdministrator(before);
    }
    store
        .update(
            caller.tenant(),
            id,
            wanted.role(),
            wanted.email(),
            wanted.externalId(),
            Objects.requireNonNullElse(wanted.remark(), ""))
        .ifPresent(taken -> {
          throw Invitations.inUse(taken);
        });
    return changed(caller, "user.update", before);
  }

  /** Ends its sessions and stops its keys at once; what it made stays. */
  User disable(Caller caller, UserId id, Conditions conditions) {
    lockedTenant(caller);
    User before = manageable(caller, id, conditions);
    requireAnotherAdministrator(before);
    store.setDisabled(caller.tenant(), id, true);
    sessions.endAllOf(id);
    return changed(caller, "user.disable", before);
  }

  User enable(Caller caller, UserId id, Conditions conditions) {
    lockedTenant(caller);
    User before = manageable(caller, id, conditions);
    store.setDisabled(caller.tenant(), id, false);
    return changed(caller, "user.enable", before);
  }

  UserId delete(Caller caller, UserId id, Conditions conditions) {
    lockedTenant(caller);
    User before = manageable(caller, id, conditions);
    requireAnotherAdministrator(before);
    sessions.endAllOf(id);
    credentials.deleteToken(id);
    store.delete(caller.tenant(), id, clock.instant());
    audit.append(caller, "user.delete", id.text(), before, null);
    return id;
  }

  /** Lets the user set a new password; the old one works until then. */
  SetUp issueSetUp(Caller caller, UserId id) {
    lockedTenant(caller);
    User user = manageable(caller, id, Conditions.NONE);
    audit.append(caller, "user.issue-set-up", id.text(), null, null);
    return setUps.issue(user.tenantId(), id);
  }

  /** For somebody who lost the authenticator and the recovery codes. */
  User resetTotp(Caller caller, UserId id) {
    lockedTenant(caller);
    User before = manageable(caller, id, Conditions.NONE);
    secondFactors.remove(id);
    return changed(caller, "user.reset-totp", before);
  }

  /**
   * Refuses a caller who may not change the user or what is the user's own.
   *
   * @throws Refusal.Forbidden unless the caller is the user or an administrator of the same rank
   */
  static void requireMayManage(Caller caller, User user) {
    if (caller.user().equals(user.id().text())) return;
    caller.requireAdmin();
    if (user.role() == Role.PLATFORM_ADMIN) caller.requirePlatformAdmin();
  }

  private Tenant lockedTenant(Caller caller) {
    return tenants
        .lock(caller.tenant())
        .orElseThrow(() -> new Refusal.NotFound("tenant " + caller.tenant()));
  }

  private User manageable(Caller caller, UserId id, Conditions conditions) {
    User user = get(caller, id);
    caller.requireAdmin();
    requireMayManage(caller, user);
    if (user.state() == User.State.DELETED) throw new Refusal.NotFound("user " + id);
    conditions.require(user.version());
    return user;
  }

  private static void requireMayGive(Caller caller, Tenant tenant, Role role) {
    if (role != Role.PLATFORM_ADMIN) return;
    caller.requirePlatformAdmin();
    if (!tenant.platform()) {
      throw new Refusal.Invalid(
          "/role",
          ProblemType.VALIDATION_FAILED,
          "Platform administrators belong to the platform's own tenant.");
    }
  }

  private void requireAnotherAdministrator(User user) {
    if (user.role() == Role.TENANT_USER || user.state() == User.State.DISABLED) return;
    if (store.othersActing(user.tenantId(), user.role(), user.id()) > 0) return;
    // Among platform administrators, ordinary administrators of their tenant do not count.
    boolean onlyOne = user.role() == Role.PLATFORM_ADMIN || !hasPlatformAdministrator(user);
    if (onlyOne) {
      throw new Refusal.Conflict(
          ProblemType.LAST_ADMINISTRATOR,
          "'%s' is the last administrator of its tenant.".formatted(user.name()));
    }
  }

  private boolean hasPlatformAdministrator(User user) {
    return store.othersActing(user.tenantId(), Role.PLATFORM_ADMIN, user.id()) > 0;
  }

  private User changed(Caller caller, String action, User before) {
    User after = get(caller, before.id());
    audit.append(caller, action, before.id().text(), before, after);
    return after;
  }
}
