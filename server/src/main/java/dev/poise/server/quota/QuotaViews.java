package dev.poise.server.quota;

import dev.poise.server.platform.TenantId;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Quotas as the API shows and takes them. */
final class QuotaViews {
  private static final long MOST = 1_000_000_000;

  private QuotaViews() {}

  /** How much a tenant may have, and has. */
  @Schema(name = "Quotas")
  record QuotasView(TenantId tenantId, List<QuotaView> quotas) {}

  /** How much a tenant may have, and has, of one kind. */
  @Schema(name = "Quota")
  record QuotaView(
      Quota kind,
      @Schema(description = "How many the tenant may have") long limit,
      @Schema(description = "How many a tenant may have for whom nothing else was said")
          long usualLimit,
      @Schema(description = "How many there are; can be more than a limit that was lowered")
          long used) {}

  /** The limits that differ from the usual ones. */
  @Schema(name = "QuotasInput")
  record QuotasInput(
      @Schema(description = "By kind; null brings back the usual limit")
          @Nullable Map<Quota, @NotNull(message = "is required") @Min(0) @Max(MOST) Long> limits) {

    Map<Quota, Long> limitsOrNone() {
      Map<Quota, Long> all = new EnumMap<>(Quota.class);
      if (limits != null) all.putAll(limits);
      return all;
    }
  }
}
