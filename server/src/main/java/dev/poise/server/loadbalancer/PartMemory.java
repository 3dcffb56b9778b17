package dev.poise.server.loadbalancer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.poise.spec.LoadBalancerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Remembers the parts of load balancers that were read or written lately. An edit, the reports that
 * follow it and the page that shows it all read the same members.
 *
 * <p>What is remembered cannot be out of date. Parts change only with their load balancer, whose
 * row has another version then, and they are looked up by what its row says now: its version and
 * the transaction that wrote it, so that a version which was taken back is not mistaken for the one
 * that came instead.
 */
@Component
class PartMemory {
  private static final int BYTES_OF_A_PART = 400;

  /** In parts: an eighth of the memory there is. */
  private static final long MOST = Runtime.getRuntime().maxMemory() / 8 / BYTES_OF_A_PART;

  private final Cache<LoadBalancerId, Remembered> cache =
      Caffeine.newBuilder()
          .maximumWeight(MOST)
          .weigher((LoadBalancerId _, Remembered it) -> it.parts().count())
          .executor(Runnable::run)
          .build();

  /**
   * In which state a load balancer's row is.
   *
   * @param writer the transaction that wrote the row, {@code xmin}
   */
  record State(LoadBalancerId id, long version, String writer) {}

  /** What a load balancer is made of. */
  record Parts(List<Listener> listeners, List<Pool> pools) {
    /** Of all of them, in their order. */
    List<Object> ids() {
      List<Object> ids = new ArrayList<>();
      for (Listener listener : listeners) {
        ids.add(listener.id());
        listener.rules().forEach(rule -> ids.add(rule.id()));
      }
      for (Pool pool : pools) {
        ids.add(pool.id());
        pool.members().forEach(member -> ids.add(member.id()));
      }
      return ids;
    }

    private int count() {
      int rules = listeners.stream().mapToInt(listener -> listener.rules().size()).sum();
      int members = pools.stream().mapToInt(pool -> pool.members().size()).sum();
      return 1 + listeners.size() + pools.size() + rules + members;
    }
  }

  private record Remembered(State state, Parts parts) {}

  /** The parts of a load balancer in that state, if they are remembered. */
  Optional<Parts> find(State state) {
    @Nullable Remembered found = cache.getIfPresent(state.id());
    return found != null && found.state().equals(state)
        ? Optional.of(found.parts())
        : Optional.empty();
  }

  /** Remembers them instead of those of another state. */
  void put(State state, Parts parts) {
    cache.put(state.id(), new Remembered(state, parts));
  }
}
