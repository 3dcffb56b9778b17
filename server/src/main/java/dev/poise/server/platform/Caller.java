package dev.poise.server.platform;

/**
 * Who makes a request.
 *
 * @param tenant the tenant whose things are seen and changed
 * @param user the id of the user, or {@code system} for what the server does by itself
 * @param actor the id of the API key or of the session, or {@code system}
 * @param scope what the key may be used for, whatever the role would allow
 */
public record Caller(
    TenantId tenant,
    String user,
    String actor,
    Role role,
    Scope scope,
    String sourceAddress,
    String requestId) {

  /** What a caller may do. */
  public enum Role {
    PLATFORM_ADMIN,
    TENANT_ADMIN,
    TENANT_USER
  }

  /** What a key may be used for. */
  public enum Scope {
    READ_ONLY,
    FULL
  }

  /** The server itself, acting for a tenant. */
  public static Caller system(TenantId tenant) {
    return new Caller(tenant, "system", "system", Role.PLATFORM_ADMIN, Scope.FULL, "", "");
  }

  /**
   * Refuses a caller who does not administer the tenant.
   *
   * @throws Refusal.Forbidden unless the caller is an administrator
   */
  public void requireAdmin() {
    if (!isAdministrator())
      throw new Refusal.Forbidden("Only an administrator of the tenant can do this.");
  }

  /**
   * Refuses a caller who does not run the platform.
   *
   * @throws Refusal.Forbidden unless the caller runs the platform
   */
  public void requirePlatformAdmin() {
    if (role != Role.PLATFORM_ADMIN)
      throw new Refusal.Forbidden("Only a platform administrator can do this.");
  }

  /** Whether the caller may change all that its tenant has. */
  public boolean isAdministrator() {
    return role != Role.TENANT_USER;
  }

  /**
   * Refuses a caller who neither made a thing of its tenant nor is an administrator. Look the thing
   * up first, with the tenant: what is another tenant's is not found, never forbidden.
   *
   * @param creatorId the user who made the thing
   * @throws Refusal.Forbidden if somebody else made it and the caller is no administrator
   */
  public void requireMayChange(String creatorId) {
    if (isAdministrator() || creatorId.equals(user)) return;
    throw new Refusal.Forbidden(
        "Another user made this. Its creator and the tenant's administrators may change it, the"
            + " other users of the tenant may only look at it.");
  }
}
