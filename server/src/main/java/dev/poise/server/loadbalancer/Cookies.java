package dev.poise.server.loadbalancer;

import dev.poise.spec.Persistence;
import dev.poise.spec.Persistence.CookieName;
import dev.poise.spec.PoolId;
import dev.poise.spec.SpecJson;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the pools of one load balancer really know their clients.
 *
 * <p>A browser keeps one cookie of a name for a site, whatever port it came from. If two pools set
 * the same one, each would take the other's value for nonsense and set its own: who visits both
 * would get another member each time. So only the oldest pool has the name as it was written, and
 * each that was made later has it with a suffix of its own. Age and suffix are the pool's for ever,
 * so no pool that is added changes the cookie of one that is there.
 */
final class Cookies {
  private static final int LONGEST_NAME = 64;
  private static final int SUFFIX_DIGITS = 8;

  private Cookies() {}

  static Map<PoolId, Persistence> of(List<Pool> pools) {
    Map<PoolId, Persistence> all = new HashMap<>();
    Set<CookieName> taken = new HashSet<>();
    // Ids sort by time.
    List<Pool> oldestFirst =
        pools.stream().sorted(Comparator.comparing((Pool pool) -> pool.id().text())).toList();
    for (Pool pool : oldestFirst) {
      all.put(
          pool.id(),
          pool.persistence() instanceof Persistence.Cookie(CookieName name) && !taken.add(name)
              ? new Persistence.Cookie(suffixed(name, pool.id()))
              : pool.persistence());
    }
    return all;
  }

  private static CookieName suffixed(CookieName name, PoolId pool) {
    String suffix = "_" + SpecJson.digest(pool.text()).substring(0, SUFFIX_DIGITS);
    int room = LONGEST_NAME - suffix.length();
    String text = name.text();
    return new CookieName((text.length() > room ? text.substring(0, room) : text) + suffix);
  }
}
