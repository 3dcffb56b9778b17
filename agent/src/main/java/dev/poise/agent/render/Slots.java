package dev.poise.agent.render;

import dev.poise.spec.MemberSpec;
import dev.poise.spec.SpecJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lays the members of a pool out in slots; the kernel picks a slot for each new session.
 *
 * <p>In turn: one round of smooth weighted round robin, so that a heavy member's slots are spread
 * over the round. Weights are divided by what they have in common; a round that is still long is
 * shortened, at the price of shares that are off by less than a thousandth.
 *
 * <p>By source: Maglev's table (Eisenbud et al., NSDI 2016). Every member has an order of
 * preference of all slots that follows from its id alone, and members take turns, heavier ones more
 * often, in claiming their next free one. So two nodes make the same table, shares follow the
 * weights, and when a member goes nearly all slots of the others stay theirs. A hash of the address
 * modulo the number of members would move nearly all clients; a ring needs thousands of points for
 * shares as even. The number of slots must be prime, and must not follow the members that are
 * healthy now, because another number moves every client.
 */
final class Slots {
  private static final int LONGEST_ROUND = 1000;
  private static final int FEW_MEMBERS = 25;
  private static final int SLOTS_FOR_FEW = 1021;
  private static final int SLOTS_FOR_MANY = 8191;

  private Slots() {}

  /** One round. */
  static List<MemberSpec> inTurn(List<MemberSpec> members) {
    int[] weights = roundWeights(members);
    int total = Arrays.stream(weights).sum();
    int[] credits = new int[weights.length];
    List<MemberSpec> round = new ArrayList<>(total);
    while (round.size() < total) {
      int next = 0;
      for (int i = 0; i < weights.length; i++) {
        credits[i] += weights[i];
        if (credits[i] > credits[next]) next = i;
      }
      credits[next] -= total;
      round.add(members.get(next));
    }
    return round;
  }

  private static int[] roundWeights(List<MemberSpec> members) {
    int[] weights = members.stream().mapToInt(MemberSpec::weight).toArray();
    int common = Arrays.stream(weights).reduce(0, Slots::commonDivisor);
    long total = Arrays.stream(weights).sum() / Math.max(1, common);
    for (int i = 0; i < weights.length; i++) {
      int weight = weights[i] / common;
      boolean fits = total <= LONGEST_ROUND;
      weights[i] = fits ? weight : (int) Math.max(1, (long) weight * LONGEST_ROUND / total);
    }
    return weights;
  }

  private static int commonDivisor(int a, int b) {
    return b == 0 ? a : commonDivisor(b, a % b);
  }

  /**
   * Maglev's table.
   *
   * @param poolSize how many members the pool has, those included that get no traffic now
   */
  static List<MemberSpec> bySource(List<MemberSpec> members, int poolSize) {
    int slots = poolSize <= FEW_MEMBERS ? SLOTS_FOR_FEW : SLOTS_FOR_MANY;
    List<Preference> preferences =
        members.stream().map(each -> new Preference(each, slots)).toList();
    int heaviest = members.stream().mapToInt(MemberSpec::weight).max().orElse(1);
    MemberSpec[] table = new MemberSpec[slots];
    int filled = 0;
    while (filled < slots) {
      for (Preference preference : preferences) {
        if (filled == slots || !preference.hasTurn(heaviest)) continue;
        int slot = preference.next();
        while (table[slot] != null) slot = preference.next();
        table[slot] = preference.member;
        filled++;
      }
    }
    return List.of(table);
  }

  private static final class Preference {
    private final MemberSpec member;
    private final int slots;
    private final long skip;
    private long slot;
    private int credit;

    Preference(MemberSpec member, int slots) {
      String digest = SpecJson.digest("slots of " + member.id());
      this.member = member;
      this.slots = slots;
      this.skip = Long.parseLong(digest.substring(0, 12), 16) % (slots - 1) + 1;
      this.slot = Long.parseLong(digest.substring(12, 24), 16) % slots;
    }

    boolean hasTurn(int heaviest) {
      credit += member.weight();
      if (credit < heaviest) return false;
      credit -= heaviest;
      return true;
    }

    int next() {
      slot = (slot + skip) % slots;
      return (int) slot;
    }
  }
}
