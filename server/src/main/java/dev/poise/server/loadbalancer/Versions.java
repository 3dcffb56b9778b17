package dev.poise.server.loadbalancer;

import dev.poise.spec.ListenerId;
import dev.poise.spec.MemberId;
import dev.poise.spec.PoolId;
import dev.poise.spec.RuleId;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Raises the versions of those parts of a load balancer that differ from what they were. A part
 * that holds others differs by itself: a pool is not changed by a change of its members.
 */
final class Versions {
  private Versions() {}

  static List<Listener> ofListeners(List<Listener> now, List<Listener> before) {
    Map<ListenerId, Listener> old = byId(before, Listener::id);
    return now.stream().map(it -> next(it, old.get(it.id()))).toList();
  }

  static List<Pool> ofPools(List<Pool> now, List<Pool> before) {
    Map<PoolId, Pool> old = byId(before, Pool::id);
    return now.stream().map(it -> next(it, old.get(it.id()))).toList();
  }

  private static Listener next(Listener listener, @Nullable Listener old) {
    if (old == null) return listener;
    Map<RuleId, Rule> oldRules = byId(old.rules(), Rule::id);
    Listener next =
        listener.withRules(
            listener.rules().stream().map(it -> next(it, oldRules.get(it.id()))).toList());
    boolean same = listener.withRules(List.of()).equals(old.withRules(List.of()));
    return same ? next : next.withVersion(old.version() + 1);
  }

  private static Rule next(Rule rule, @Nullable Rule old) {
    return old == null || rule.equals(old) ? rule : rule.withVersion(rule.version() + 1);
  }

  private static Pool next(Pool pool, @Nullable Pool old) {
    if (old == null) return pool;
    Map<MemberId, Member> oldMembers = byId(old.members(), Member::id);
    Pool next =
        pool.withMembers(
            pool.members().stream().map(it -> next(it, oldMembers.get(it.id()))).toList(),
            pool.nextMemberNumber());
    boolean same = pool.withMembers(List.of(), 1).equals(old.withMembers(List.of(), 1));
    return same ? next : next.withVersion(old.version() + 1);
  }

  private static Member next(Member member, @Nullable Member old) {
    return old == null || member.equals(old) ? member : member.withVersion(member.version() + 1);
  }

  /** The values by their ids. */
  static <K, V> Map<K, V> byId(List<V> values, Function<V, K> id) {
    return values.stream().collect(Collectors.toMap(id, Function.identity()));
  }
}
