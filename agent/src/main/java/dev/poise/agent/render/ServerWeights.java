package dev.poise.agent.render;

import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberSpec;
import dev.poise.spec.PoolSpec;

/**
 * Turns the weights of a pool into HAProxy's.
 *
 * <p>Consistent hashing puts 16 points per unit of weight on its circle. With weights such as 1, 1,
 * 2, 4 there are so few points that the shares are off by a third; multiplied until the largest is
 * near 256, which is HAProxy's limit, they are off by a few per cent. The factor depends on all
 * members, also those that get no traffic, so that draining one moves no client of another.
 *
 * <p>A draining member has weight 0 in the file: it is checked, keeps its connections, gets nothing
 * new, and a process that starts from nothing treats it the same.
 */
final class ServerWeights {
  private static final int LARGEST = 256;

  private final int factor;

  private ServerWeights(int factor) {
    this.factor = factor;
  }

  static ServerWeights of(PoolSpec pool) {
    return switch (pool.algorithm()) {
      case WEIGHTED_ROUND_ROBIN, LEAST_CONNECTIONS -> new ServerWeights(1);
      case SOURCE_IP -> new ServerWeights(factorFor(pool));
    };
  }

  private static int factorFor(PoolSpec pool) {
    int largest = pool.members().stream().mapToInt(MemberSpec::weight).max().orElse(1);
    return Math.max(1, LARGEST / Math.max(1, largest));
  }

  int of(MemberSpec member) {
    return member.mode() == MemberMode.DRAINING ? 0 : member.weight() * factor;
  }
}
