package dev.poise.server.securitygroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.securitygroup.GroupRule.Decision;
import dev.poise.server.securitygroup.GroupRule.Direction;
import dev.poise.server.securitygroup.GroupRule.Protocol;
import dev.poise.server.securitygroup.Traffic.Transport;
import dev.poise.spec.AddressRange;
import dev.poise.spec.IpAddress;
import dev.poise.spec.Sources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupRulesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Traffic WEB = new Traffic.ToPort(Transport.TCP, 443);

  /** A rule as {@code ACCEPT 10 TCP 80-90 10.0.0.0/8,10.1.0.0/16}; an asterisk is all ports. */
  private static GroupRule rule(String text) {
    return rule(text, Direction.INGRESS);
  }

  private static GroupRule rule(String text, Direction direction) {
    String[] words = text.split(" ", -1);
    return new GroupRule(
        GroupRuleId.generate(NOW),
        direction,
        Protocol.valueOf(words[2]),
        words[3].equals("*") ? null : Ports.of(words[3]),
        Arrays.stream(words[4].split(",", -1)).map(AddressRange::new).toList(),
        Decision.valueOf(words[0]),
        Integer.parseInt(words[1]),
        "",
        1,
        NOW);
  }

  private static GroupRules rules(String... texts) {
    return new GroupRules(Arrays.stream(texts).map(GroupRulesTest::rule).toList());
  }

  private static String accepted(GroupRules rules, Traffic traffic) {
    List<AddressRange> ranges = ranges(rules, traffic);
    return String.join(" ", ranges.stream().map(AddressRange::text).toList());
  }

  private static List<AddressRange> ranges(GroupRules rules, Traffic traffic) {
    return ((Sources.Only) rules.sources(traffic)).ranges();
  }

  @Test
  void nobodyGetsInWithoutRules() {
    assertThat(GroupRules.NONE.sources(WEB)).isEqualTo(new Sources.Only(List.of()));
    assertThat(GroupRules.NONE.sources(new Traffic.Ping())).isEqualTo(new Sources.Only(List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "everybody | ACCEPT 1 ALL * 0.0.0.0/0 | | 0.0.0.0/0",
        "a hole of a rule before it | ACCEPT 9 TCP * 10.0.0.0/30 | REJECT 5 TCP * 10.0.0.1/32 |"
            + " 10.0.0.0/32 10.0.0.2/31",
        "no hole of a rule behind it | ACCEPT 5 TCP * 10.0.0.0/30 | REJECT 9 TCP * 10.0.0.1/32 |"
            + " 10.0.0.0/30",
        "of equals the one that rejects | ACCEPT 5 TCP * 10.0.0.0/31 | REJECT 5 TCP * 10.0.0.1/32"
            + " | 10.0.0.0/32",
        "an exception of an exception | REJECT 5 TCP * 10.0.0.0/24 | ACCEPT 3 TCP * 10.0.0.7/32 |"
            + " 10.0.0.7/32",
        "neighbours are one range | ACCEPT 1 TCP * 10.0.0.0/25 | ACCEPT 2 TCP * 10.0.0.128/25 |"
            + " 10.0.0.0/24",
        "another port | ACCEPT 1 TCP 80 0.0.0.0/0 | ACCEPT 2 TCP 442-444 1.2.3.4/32 | 1.2.3.4/32",
        "another protocol | ACCEPT 1 UDP 443 0.0.0.0/0 | ACCEPT 1 ICMP * 0.0.0.0/0 | ''",
        "the ends of all there is | ACCEPT 1 TCP * 0.0.0.0/32 | ACCEPT 1 TCP * 255.255.255.255/32"
            + " | 0.0.0.0/32 255.255.255.255/32",
      })
  void theFirstRuleThatFitsDecides(String why, String one, String other, String expected) {
    GroupRules group = other == null ? rules(one) : rules(one, other);
    assertThat(accepted(group, WEB)).as(why).isEqualTo(expected);
  }

  @Test
  void egressRulesLetNobodyIn() {
    GroupRules group = new GroupRules(List.of(rule("ACCEPT 1 ALL * 0.0.0.0/0", Direction.EGRESS)));
    assertThat(accepted(group, WEB)).isEmpty();
    assertThat(group.deciding(new IpAddress("10.0.0.1"), WEB)).isEmpty();
  }

  @Test
  void pingsAreOfIcmpAndAll() {
    GroupRules group =
        rules(
            "ACCEPT 1 ICMP * 10.0.0.0/8", "ACCEPT 2 ALL * 11.0.0.0/8", "ACCEPT 3 TCP * 0.0.0.0/0");
    assertThat(accepted(group, new Traffic.Ping())).isEqualTo("10.0.0.0/7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "65536", "80-79", "080", "1-", "-1", "80 - 90", "1-2-3", "x"})
  void portsAreNumbersThatRise(String text) {
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> Ports.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8000-8100");
  }

  /**
   * The reading of nodes, flattened ranges, is held against the reading of people, rule by rule.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theRangesAgreeWithTheRulesOneByOne(long seed) {
    Random random = new Random(seed);
    for (int group = 0; group < 60; group++) {
      // Few bits in a small place, so that rules often overlap.
      List<GroupRule> all = new ArrayList<>();
      int count = random.nextInt(30);
      for (int i = 0; i < count; i++) all.add(randomRule(random));
      GroupRules rules = new GroupRules(all);
      for (Traffic traffic :
          List.of(WEB, new Traffic.ToPort(Transport.UDP, 53), new Traffic.Ping())) {
        List<AddressRange> ranges = ranges(rules, traffic);
        requireRisingAndMinimal(ranges);
        for (int i = 0; i < 200; i++) {
          IpAddress source = randomAddress(random, all);
          boolean wanted =
              rules
                  .deciding(source, traffic)
                  .filter(rule -> rule.action() == Decision.ACCEPT)
                  .isPresent();
          assertThat(ranges.stream().anyMatch(range -> range.contains(source)))
              .as("%s from %s in group %d of seed %d", traffic, source, group, seed)
              .isEqualTo(wanted);
        }
      }
    }
  }

  /** Rising, apart, and no two that are one range together: then there is no shorter list. */
  private static void requireRisingAndMinimal(List<AddressRange> ranges) {
    for (int i = 1; i < ranges.size(); i++) {
      AddressRange one = ranges.get(i - 1);
      AddressRange next = ranges.get(i);
      assertThat(next.first()).isGreaterThan(one.last());
      boolean halves =
          one.bits() == next.bits()
              && one.last() + 1 == next.first()
              && (one.first() >> (33 - one.bits())) == (next.first() >> (33 - one.bits()));
      assertThat(halves).as("%s and %s", one, next).isFalse();
    }
  }

  private static GroupRule randomRule(Random random) {
    List<AddressRange> ranges = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(4); i++) {
      int bits = random.nextInt(10) == 0 ? random.nextInt(5) : random.nextInt(22, 33);
      long mask = bits == 0 ? 0 : 0xFFFFFFFFL << (32 - bits) & 0xFFFFFFFFL;
      ranges.add(AddressRange.of((0x0A000000L + random.nextInt(1 << 12)) & mask, bits));
    }
    Protocol protocol = List.of(Protocol.values()).get(random.nextInt(4));
    boolean hasPorts = protocol == Protocol.TCP || protocol == Protocol.UDP;
    int from = random.nextInt(2) == 0 ? 1 : 444;
    return new GroupRule(
        GroupRuleId.generate(NOW),
        random.nextInt(6) == 0 ? Direction.EGRESS : Direction.INGRESS,
        protocol,
        hasPorts && random.nextBoolean() ? new Ports(from, 60_000) : null,
        ranges,
        random.nextBoolean() ? Decision.ACCEPT : Decision.REJECT,
        random.nextInt(1, 6),
        "",
        1,
        NOW);
  }

  /** Mostly the edges of ranges, where mistakes are. */
  private static IpAddress randomAddress(Random random, List<GroupRule> rules) {
    TreeSet<Long> candidates = new TreeSet<>();
    candidates.add(0x0A000000L + random.nextInt(1 << 12));
    if (!rules.isEmpty()) {
      List<AddressRange> of = rules.get(random.nextInt(rules.size())).ranges();
      AddressRange range = of.get(random.nextInt(of.size()));
      candidates.addAll(List.of(range.first() - 1, range.first(), range.last(), range.last() + 1));
    }
    candidates.removeIf(it -> it < 0 || it > 0xFFFFFFFFL);
    long number = List.copyOf(candidates).get(random.nextInt(candidates.size()));
    return new IpAddress(AddressRange.of(number, 32).text().replace("/32", ""));
  }
}
