package dev.poise.server.quota;

import dev.poise.server.audit.Audit;
import dev.poise.server.platform.Bodies;
import dev.poise.server.platform.Caller;
import dev.poise.server.platform.MergePatch;
import dev.poise.server.platform.Refusal;
import dev.poise.server.platform.TenantId;
import dev.poise.server.quota.QuotaViews.QuotasInput;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Keeps tenants within their limits.
 *
 * <p>What there is gets counted, never kept as a number: a counter can be wrong, and then nobody
 * knows why. Two who count at the same moment could both find the last place free. So whoever adds
 * something first locks the tenant's row in {@code quotas} and counts then; the second waits until
 * the first is committed, and counts what the first added. Tenants do not wait for each other, and
 * changes that add nothing wait for nobody.
 *
 * <p>The lock has its place in the order all transactions keep, or two could wait for each other:
 * load balancers by their ids, certificates, security groups, instances, this one, then addresses,
 * then clusters. So ask before the new thing takes anything that others could want.
 *
 * <p>A limit is compared when something is added. Lowering it below what there is takes nothing
 * away.
 */
@Component
public final class Quotas {
  private static final String CONFIGURATION = "poise.quotas";

  private final QuotaStore store;
  private final Bodies bodies;
  private final Audit audit;
  private final Map<Quota, Long> usual;

  Quotas(QuotaStore store, Bodies bodies, Audit audit, Environment configuration) {
    this.store = store;
    this.bodies = bodies;
    this.audit = audit;
    this.usual = usual(configuration);
  }

  /**
   * What every tenant may have. A kind nobody configured, or one nobody knows, stops the server.
   */
  static Map<Quota, Long> usual(Environment configuration) {
    Map<Quota, Long> limits =
        Binder.get(configuration)
            .bind(CONFIGURATION, Bindable.mapOf(Quota.class, Long.class))
            .orElseGet(Map::of);
    for (Quota kind : Quota.values()) {
      if (limits.getOrDefault(kind, -1L) < 0) {
        throw new IllegalStateException(
            CONFIGURATION + "." + kind.property() + " must be a number from 0 on");
      }
    }
    return new EnumMap<>(limits);
  }

  /**
   * Asks whether the tenant may have so many more. Call it in the transaction that adds them,
   * before they are added.
   *
   * @throws Refusal.QuotaExceeded if not
   */
  public void require(TenantId tenant, Quota kind, int more) {
    require(tenant, Map.of(kind, more));
  }

  /**
   * The same for several kinds at once; what is not more than 0 is not asked for.
   *
   * @throws Refusal.QuotaExceeded if one of them is too many
   */
  public void require(TenantId tenant, Map<Quota, Integer> more) {
    if (more.values().stream().noneMatch(number -> number > 0)) return;
    Map<Quota, Long> own = store.hold(tenant);
    List<String> refusals = new ArrayList<>();
    new TreeMap<>(more)
        .forEach((kind, number) -> {
          if (number <= 0) return;
          long limit = limit(kind, own);
          long used = store.used(tenant, kind);
          if (used + number > limit) refusals.add(refusal(kind, limit, used, number));
        });
    if (!refusals.isEmpty()) throw new Refusal.QuotaExceeded(String.join(" ", refusals));
  }

  private static String refusal(Quota kind, long limit, long used, int more) {
    return "The tenant may have %d %s; it has %d, and %d more %s asked for."
        .formatted(limit, kind.plural(), used, more, more == 1 ? "was" : "were");
  }

  private long limit(Quota kind, Map<Quota, Long> own) {
    return own.getOrDefault(kind, usual.getOrDefault(kind, 0L));
  }

  QuotaViews.QuotasView of(TenantId tenant) {
    requireTenant(tenant);
    return view(tenant, store.limits(tenant));
  }

  QuotaViews.QuotasView patch(Caller caller, TenantId tenant, MergePatch patch) {
    caller.requirePlatformAdmin();
    requireTenant(tenant);
    Map<Quota, Long> before = store.hold(tenant);
    QuotasInput wanted = bodies.patched(new QuotasInput(before), patch, QuotasInput.class);
    Map<Quota, Long> after = wanted.limitsOrNone();
    if (!after.equals(before)) {
      store.update(tenant, after);
      audit.append(caller, "quota.update", tenant.text(), before, after);
    }
    return view(tenant, after);
  }

  private QuotaViews.QuotasView view(TenantId tenant, Map<Quota, Long> own) {
    List<QuotaViews.QuotaView> all = new ArrayList<>();
    for (Quota kind : Quota.values()) {
      all.add(
          new QuotaViews.QuotaView(
              kind, limit(kind, own), usual.getOrDefault(kind, 0L), store.used(tenant, kind)));
    }
    return new QuotaViews.QuotasView(tenant, all);
  }

  private void requireTenant(TenantId tenant) {
    if (!store.hasTenant(tenant)) throw new Refusal.NotFound("tenant " + tenant);
  }
}
