package dev.poise.agent.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.poise.agent.support.Specs;
import dev.poise.spec.Algorithm;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.MemberMode;
import dev.poise.spec.VpcId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HaproxyConfigTest {
  private static final NodeSettings SETTINGS =
      new NodeSettings(
          Path.of("/d"), Path.of("/r"), 1, 10, 10, new NodeSettings.Privileges.Kept(), "edge");

  private final Specs specs =
      new Specs()
          .http(80)
          .member(new IpAddress("10.0.0.1"), 80)
          .member(new IpAddress("10.0.0.2"), 80);

  private String shape() throws Unrenderable {
    return HaproxyConfig.shape(specs.next(), SETTINGS);
  }

  private List<Integer> weights() throws Unrenderable {
    return HaproxyConfig.render(specs.digested(), SETTINGS).servers().stream()
        .map(ServerLine::weight)
        .toList();
  }

  @Test
  void elasticIpsAreBoundInTheNodesNetworkAndPrivateAddressesWhereTheProcessIs() throws Exception {
    IpAddress edge = new IpAddress("203.0.113.9");
    Specs inVpc = new Specs(new IpAddress("10.0.0.5"));
    inVpc.in(VpcId.generate(Instant.now()), edge).tcp(443);
    assertThat(HaproxyConfig.render(inVpc.digested(), SETTINGS).config())
        .contains("\n    bind 10.0.0.5:443\n    bind 203.0.113.9:443 namespace edge\n");
  }

  @Test
  void datagramsDoNotGoFromOneNetworkIntoAnother() {
    Specs inVpc = new Specs(new IpAddress("10.0.0.5"));
    inVpc.in(VpcId.generate(Instant.now()), new IpAddress("203.0.113.9")).udp(53, 60);
    assertThatThrownBy(() -> UdpRules.transaction(inVpc.digested(), any -> true, Optional.empty()))
        .isInstanceOf(Unrenderable.class);
  }

  @Test
  void weightsModesAndGenerationsHaveNoPartInTheShape() throws Unrenderable {
    String before = shape();
    assertThat(shape()).isEqualTo(before);
    specs.weight(0, 50).mode(1, MemberMode.DRAINING);
    assertThat(shape()).isEqualTo(before);
    specs.mode(1, MemberMode.DISABLED);
    assertThat(shape()).isEqualTo(before);
  }

  @Test
  void everythingElseHas() throws Unrenderable {
    String before = shape();
    specs.algorithm(Algorithm.LEAST_CONNECTIONS);
    String leastConnections = shape();
    specs.portCheck(9, 2, 3);
    String otherCheck = shape();
    specs.member(new IpAddress("10.0.0.3"), 80);
    String oneMore = shape();
    specs.http(81);
    assertThat(List.of(before, leastConnections, otherCheck, oneMore, shape()))
        .doesNotHaveDuplicates();
  }

  @Test
  void sourceHashingScalesWeightsUpToHaproxysLimit() throws Unrenderable {
    specs.algorithm(Algorithm.SOURCE_IP).weight(0, 1).weight(1, 4);
    assertThat(weights()).containsExactly(64, 256);
    specs.weight(1, 100);
    assertThat(weights()).containsExactly(2, 200);
    specs.weight(0, 0);
    assertThat(weights()).containsExactly(0, 200);
  }

  @Test
  void drainingOneMemberLeavesTheWeightsOfTheOthers() throws Unrenderable {
    specs.algorithm(Algorithm.SOURCE_IP).weight(0, 1).weight(1, 4);
    specs.mode(1, MemberMode.DRAINING);
    assertThat(weights()).containsExactly(64, 0);
  }

  @Test
  void aListenerWithoutItsPoolCannotBeRendered() {
    LoadBalancerSpec whole = specs.next();
    LoadBalancerSpec torn =
        new LoadBalancerSpec(
            whole.id(),
            1,
            whole.home(),
            whole.vips(),
            whole.pingSources(),
            whole.listeners(),
            List.of());
    assertThatThrownBy(() -> HaproxyConfig.render(new DigestedSpec(torn, "a".repeat(64)), SETTINGS))
        .isInstanceOf(Unrenderable.class)
        .hasMessageContaining(whole.listeners().getFirst().id().text());
  }
}
