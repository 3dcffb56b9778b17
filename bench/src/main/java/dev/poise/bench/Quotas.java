package dev.poise.bench;

import dev.poise.standalone.ApiClient;
import java.util.Map;

/** What the tenant may have: more than usual, for large measurements. */
final class Quotas {
  private Quotas() {}

  /** Lets the caller's tenant have so many load balancers, with a listener and a pool each. */
  static void raise(ApiClient api, int loadBalancers, int members) {
    String tenant = api.get("/me").at("/tenant/id").asString();
    Map<String, Integer> limits =
        Map.of(
            "LOAD_BALANCERS", loadBalancers,
            "LISTENERS", loadBalancers,
            "POOLS", loadBalancers,
            "MEMBERS", members);
    api.patch("/tenants/" + tenant + "/quotas", Map.of("limits", limits));
  }
}
