package dev.poise.agent.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.spec.IpAddress;
import dev.poise.spec.MemberId;
import dev.poise.spec.MemberMode;
import dev.poise.spec.MemberSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlotsTest {
  private static MemberSpec member(int number, int weight) {
    return new MemberSpec(
        MemberId.generate(Instant.EPOCH),
        number,
        new IpAddress("10.0.0." + number),
        53,
        weight,
        MemberMode.ENABLED);
  }

  private static List<MemberSpec> members(int... weights) {
    List<MemberSpec> members = new ArrayList<>();
    for (int weight : weights) members.add(member(members.size() + 1, weight));
    return members;
  }

  private static List<Integer> numbers(List<MemberSpec> slots) {
    return slots.stream().map(MemberSpec::number).toList();
  }

  private static long share(List<MemberSpec> slots, MemberSpec member) {
    return slots.stream().filter(member::equals).count();
  }

  @Test
  void aRoundIsSpreadAndAsShortAsItCanBe() {
    assertThat(numbers(Slots.inTurn(members(10, 10)))).containsExactly(1, 2);
    assertThat(numbers(Slots.inTurn(members(5, 1, 1)))).containsExactly(1, 1, 2, 1, 3, 1, 1);
    assertThat(numbers(Slots.inTurn(members(7)))).containsExactly(1);
  }

  @Test
  void aLongRoundIsShortenedAndLeavesNobodyOut() {
    int[] weights = IntStream.rangeClosed(1, 100).toArray();
    List<MemberSpec> members = members(weights);
    List<MemberSpec> round = Slots.inTurn(members);
    assertThat(round).hasSizeBetween(900, 1100).containsAll(members);
    assertThat(share(round, members.get(99))).isEqualTo(19);
  }

  @Test
  void sharesOfTheTableFollowTheWeights() {
    List<MemberSpec> members = members(1, 1, 2);
    List<MemberSpec> table = Slots.bySource(members, 3);
    assertThat(table).hasSize(1021);
    assertThat(share(table, members.get(0))).isBetween(253L, 257L);
    assertThat(share(table, members.get(1))).isBetween(253L, 257L);
    assertThat(share(table, members.get(2))).isBetween(508L, 513L);
  }

  @Test
  void everyNodeMakesTheSameTableInWhateverOrderMembersCome() {
    List<MemberSpec> members = members(3, 3, 3, 3);
    assertThat(Slots.bySource(members, 4)).isEqualTo(Slots.bySource(List.copyOf(members), 4));
  }

  @Test
  void whenAMemberGoesNearlyAllSlotsOfTheOthersStayTheirs() {
    List<MemberSpec> members = members(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    List<MemberSpec> before = Slots.bySource(members, 10);
    MemberSpec gone = members.get(3);
    List<MemberSpec> left = members.stream().filter(each -> !each.equals(gone)).toList();
    List<MemberSpec> after = Slots.bySource(left, 10);
    long moved =
        IntStream.range(0, before.size())
            .filter(slot -> !before.get(slot).equals(gone))
            .filter(slot -> !before.get(slot).equals(after.get(slot)))
            .count();
    assertThat(after).doesNotContain(gone);
    assertThat(moved).isLessThan(before.size() * 8 / 100);
  }

  @Test
  void aLargePoolHasALargerTable() {
    int[] weights = IntStream.rangeClosed(1, 60).map(i -> 1).toArray();
    List<MemberSpec> members = members(weights);
    List<MemberSpec> table = Slots.bySource(members, 60);
    assertThat(table).hasSize(8191);
    assertThat(members).allSatisfy(each -> assertThat(share(table, each)).isBetween(135L, 138L));
  }
}
