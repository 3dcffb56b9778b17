package dev.poise.server.identity;

import dev.poise.server.platform.TenantId;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The tenant of those who run the platform: what concerns them all is told to it. */
@Component
public final class PlatformTenant {
  private final TenantStore tenants;

  PlatformTenant(TenantStore tenants) {
    this.tenants = tenants;
  }

  /** Its id; empty until there is a first administrator. */
  public Optional<TenantId> id() {
    return tenants.platform().map(Tenant::id);
  }
}
