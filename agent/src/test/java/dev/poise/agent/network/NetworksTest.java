package dev.poise.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.agent.support.Await;
import dev.poise.agent.support.Scratch;
import dev.poise.agent.support.Vpc;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.NodeId;
import dev.poise.spec.RoleReport.Role;
import dev.poise.spec.VpcNetwork;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetworksTest {
  private static final IpAddress OPERATORS = new IpAddress("10.0.0.2");

  private final NodeId node = NodeId.generate(Instant.now());
  private final LoadBalancerId one = LoadBalancerId.generate(Instant.now());
  private final LoadBalancerId two = LoadBalancerId.generate(Instant.now());
  private volatile Role role = Role.NONE;
  private Scratch scratch;
  private Vpc vpc;
  private Networks networks;

  @BeforeEach
  void start() throws Exception {
    scratch = Scratch.create();
    vpc = Vpc.make(scratch.directory());
    networks = networks();
    networks.want(List.of(vpc.network()));
  }

  private Networks networks() throws Exception {
    return new Networks(
        new Ip("ip", "bridge"),
        node,
        scratch.settings().dataDirectory(),
        Vpc.edgeOf(node),
        () -> role,
        Optional.empty());
  }

  @AfterEach
  void stop() throws Exception {
    networks.removeAll();
    vpc.close();
    scratch.close();
  }

  private String after(Role becomes) throws Exception {
    role = becomes;
    networks.step();
    return vpc.addresses();
  }

  @Test
  void theAddressesFollowTheRoleOfTheNodeAndOthersStay() throws Exception {
    networks.use(one, vpc.id(), List.of(Vpc.VIP));
    assertThat(after(Role.BACKUP)).doesNotContain("10.0.0.5").contains("10.0.0.2/24");
    assertThat(after(Role.PRIMARY)).contains("10.0.0.5/32").contains("10.0.0.2/24");
    assertThat(after(Role.UNKNOWN)).contains("10.0.0.5/32");
    assertThat(after(Role.FAULT)).doesNotContain("10.0.0.5").contains("10.0.0.2/24");
    assertThat(after(Role.UNKNOWN)).doesNotContain("10.0.0.5");
    assertThat(after(Role.NONE)).contains("10.0.0.5/32");
  }

  @Test
  void neighboursAreToldWhereTheAddressesAreNow() throws Exception {
    vpc.setInside("conf/eth0/arp_accept", 1);
    networks.use(one, vpc.id(), List.of(Vpc.VIP));
    networks.use(two, vpc.id(), List.of(new IpAddress("10.0.0.6")));
    assertThat(vpc.neighbours()).doesNotContain("10.0.0.5", "10.0.0.6");
    after(Role.PRIMARY);
    Await.until(
        "they know",
        () -> vpc.neighbours().contains("10.0.0.5") && vpc.neighbours().contains("10.0.0.6"));
  }

  @Test
  void anAddressThatTheOperatorPutThereIsNeverTaken() throws Exception {
    String before = vpc.addresses();
    networks.use(one, vpc.id(), List.of(OPERATORS));
    assertThat(after(Role.PRIMARY)).isEqualTo(before);
    assertThat(after(Role.BACKUP)).isEqualTo(before);
  }

  @Test
  void aNetworkStaysUntilTheLastLoadBalancerInItIsGone() throws Exception {
    networks.use(one, vpc.id(), List.of(Vpc.VIP));
    networks.use(two, vpc.id(), List.of(new IpAddress("10.0.0.6")));
    networks.want(List.of());
    assertThat(after(Role.NONE)).contains("10.0.0.5/32", "10.0.0.6/32");
    networks.leave(one);
    assertThat(after(Role.NONE)).doesNotContain("10.0.0.5").contains("10.0.0.6/32");
    assertThat(networks.place(vpc.id())).isInstanceOf(Place.In.class);
    networks.leave(two);
    assertThat(after(Role.NONE)).doesNotContain("10.0.0.6");
    assertThat(networks.place(vpc.id())).isInstanceOf(Place.Nowhere.class);
  }

  @Test
  void theNextRunOfTheAgentKnowsWhatTheOneBeforeDid() throws Exception {
    networks.use(one, vpc.id(), List.of(Vpc.VIP));
    networks.use(two, vpc.id(), List.of(new IpAddress("10.0.0.6")));
    after(Role.NONE);
    networks = networks();
    networks.begin(Set.of(one));
    networks.want(List.of(vpc.network()));
    assertThat(after(Role.NONE)).contains("10.0.0.5/32").doesNotContain("10.0.0.6");
  }

  @Test
  void anInterfaceThatIsNotThereIsSaid() throws Exception {
    networks.want(
        List.of(
            new VpcNetwork(vpc.id(), new VpcNetwork.Segment.Netns(vpc.namespace(), "nothing"))));
    networks.step();
    assertThat(networks.place(vpc.id()))
        .isEqualTo(new Place.Nowhere("Device \"nothing\" does not exist."));
  }

  @Test
  void aMachineThatCannotSaysWhy() throws Exception {
    Networks none =
        new Networks(
            new Ip("ip", "bridge"),
            node,
            scratch.settings().dataDirectory(),
            Vpc.edgeOf(node),
            () -> role,
            Optional.of("not here"));
    none.want(List.of(vpc.network()));
    none.step();
    assertThat(none.place(vpc.id())).isEqualTo(new Place.Nowhere("not here"));
  }

  @Test
  void aProgramThatIsMissingIsTheReasonOfEveryFeature() {
    Features features = Features.tryOut(new Ip("/nowhere/ip", "bridge"), node);
    assertThat(features.features()).isEmpty();
    assertThat(features.whyNoNetworks()).hasValue("'/nowhere/ip' does not run: is it installed?");
  }
}
