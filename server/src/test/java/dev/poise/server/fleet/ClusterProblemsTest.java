package dev.poise.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.poise.server.cluster.Cluster;
import dev.poise.server.cluster.Node;
import dev.poise.server.cluster.VrrpSettings;
import dev.poise.server.fleet.ClusterProblem.Kind;
import dev.poise.server.network.DataCenterId;
import dev.poise.server.observation.NodeObservation;
import dev.poise.spec.Capabilities;
import dev.poise.spec.ClusterId;
import dev.poise.spec.HeldRemovals;
import dev.poise.spec.InterfaceName;
import dev.poise.spec.IpAddress;
import dev.poise.spec.NodeId;
import dev.poise.spec.Redundancy.Handover;
import dev.poise.spec.RoleReport;
import dev.poise.spec.RoleReport.Role;
import dev.poise.spec.TypeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterProblemsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final VrrpSettings VRRP =
      new VrrpSettings(1, 200, new InterfaceName("eth0"), new InterfaceName("eth0"));
  private static final ClusterId CLUSTER = ClusterId.generate(NOW);

  private final List<Node> nodes = new ArrayList<>();
  private final Map<NodeId, NodeObservation> heard = new HashMap<>();

  private static Cluster cluster(@Nullable VrrpSettings vrrp) {
    return new Cluster(
        CLUSTER,
        new DataCenterId(TypeId.generate("dc", NOW)),
        "c",
        "",
        "x86",
        vrrp,
        Handover.NONE,
        9,
        0,
        1,
        NOW);
  }

  private NodeId node() {
    NodeId id = NodeId.generate(NOW.plusMillis(nodes.size()));
    String name = "n" + (nodes.size() + 1);
    nodes.add(
        new Node(
            id,
            CLUSTER,
            name,
            new IpAddress("10.0.0." + (nodes.size() + 1)),
            200,
            false,
            null,
            1,
            seconds(100)));
    return id;
  }

  /** So many seconds ago. */
  private static Instant seconds(double ago) {
    return NOW.minusMillis((long) (ago * 1000));
  }

  /** What a node said a second ago; the cases change what they are about. */
  private static final class Said {
    private Role role = Role.BACKUP;
    private double roleFor = 60;
    private Optional<Instant> primary = Optional.empty();
    private double reported = 1;
    private double captured = 1;
    private long applied = 9;
    private long target = 9;
    private double targetFor = 1;
    private String version = "2.6.12";
    private List<String> features = List.of(Capabilities.VRRP);
  }

  private NodeId node(Consumer<Said> change) {
    NodeId id = node();
    Said said = new Said();
    change.accept(said);
    if (said.role == Role.PRIMARY) said.primary = Optional.of(seconds(said.reported));
    heard.put(
        id,
        new NodeObservation(
            id,
            9,
            said.applied,
            new Capabilities(
                Map.of("haproxy", said.version),
                List.of("TCP"),
                said.features,
                Map.of("VRRP", "there is no keepalived")),
            HeldRemovals.NONE,
            List.of(),
            new RoleReport(said.role, NOW, "why"),
            seconds(said.roleFor),
            said.primary,
            new NodeObservation.Target(said.target, seconds(said.targetFor)),
            seconds(said.captured),
            seconds(said.reported)));
    return id;
  }

  private List<ClusterProblem> problems() {
    return ClusterProblems.of(cluster(VRRP), nodes, heard, NOW);
  }

  private List<Kind> kinds() {
    return problems().stream().map(ClusterProblem::kind).toList();
  }

  @Test
  void aPrimaryAndAStandbyAreAllThereShouldBe() {
    node(said -> said.role = Role.PRIMARY);
    node(_ -> {});
    assertThat(problems()).isEmpty();
  }

  @Test
  void twoPrimariesAreAProblemWhenBothHaveSaidSoForLongerThanAFailoverTakes() {
    NodeId old = node(said -> said.role = Role.PRIMARY);
    NodeId fresh =
        node(said -> {
          said.role = Role.PRIMARY;
          said.roleFor = 2.9;
        });
    assertThat(problems()).isEmpty();
    heard.remove(fresh);
    nodes.removeLast();
    NodeId other =
        node(said -> {
          said.role = Role.PRIMARY;
          said.roleFor = 3.1;
        });
    assertThat(problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.kind()).isEqualTo(Kind.TWO_PRIMARIES);
          assertThat(problem.nodeIds()).containsExactly(old, other);
          assertThat(problem.sinceTime()).isEqualTo(seconds(3.1));
          assertThat(problem.message()).contains("'n1', 'n2'");
        });
  }

  @Test
  void noPrimaryIsAProblemCountedFromTheLastOneThereWas() {
    node(said -> said.primary = Optional.of(seconds(2.9)));
    node(said -> said.primary = Optional.of(seconds(50)));
    assertThat(problems()).isEmpty();
    nodes.clear();
    node(said -> said.primary = Optional.of(seconds(3.1)));
    assertThat(problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.kind()).isEqualTo(Kind.NO_PRIMARY);
          assertThat(problem.sinceTime()).isEqualTo(seconds(3.1));
        });
    assertThat(ClusterProblems.of(cluster(null), nodes, heard, NOW)).isEmpty();
  }

  @Test
  void aSilentPrimaryIsSaidToHaveHadTheAddresses() {
    node(said -> {
      said.role = Role.PRIMARY;
      said.reported = 11;
    });
    node(_ -> {});
    assertThat(kinds()).containsExactly(Kind.NO_PRIMARY, Kind.NODE_SILENT);
    assertThat(problems().getFirst().message()).contains("'n1' had them when it was last heard of");
    assertThat(problems().getLast().sinceTime()).isEqualTo(seconds(11));
  }

  @Test
  void aNodeNobodyHeardOfIsSilentSinceItWasMade() {
    node();
    assertThat(problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.kind()).isEqualTo(Kind.NODE_SILENT);
          assertThat(problem.message()).contains("never");
          assertThat(problem.sinceTime()).isEqualTo(seconds(100));
        });
  }

  @Test
  void aNodeIsBehindWhenItHasNotComeToItsTargetForAWhile() {
    node(said -> said.role = Role.PRIMARY);
    node(said -> {
      said.applied = 7;
      said.target = 8;
      said.targetFor = 9.9;
    });
    node(said -> {
      said.applied = 8;
      said.target = 8;
      said.targetFor = 60;
    });
    assertThat(problems()).isEmpty();
    node(said -> {
      said.applied = 7;
      said.target = 8;
      said.targetFor = 10.1;
    });
    assertThat(problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.kind()).isEqualTo(Kind.NODE_BEHIND);
          assertThat(problem.message()).contains("'n4' has applied revision 7 of 9");
          assertThat(problem.sinceTime()).isEqualTo(seconds(10.1));
        });
  }

  @Test
  void aNodeThatCannotTakeOverSaysWhy() {
    node(said -> said.role = Role.PRIMARY);
    node(said -> said.features = List.of());
    assertThat(kinds()).containsExactly(Kind.VRRP_MISSING);
    assertThat(problems().getFirst().message()).contains("there is no keepalived");
  }

  @Test
  void differentSoftwareIsNamedWithItsNodes() {
    node(said -> said.role = Role.PRIMARY);
    node(said -> said.version = "2.8.1");
    assertThat(kinds()).containsExactly(Kind.VERSIONS_DIFFER);
    assertThat(problems().getFirst().message())
        .isEqualTo("Nodes have different versions of haproxy: 2.6.12 on 'n1', 2.8.1 on 'n2'.");
  }

  @Test
  void aClockThatIsOffIsNamed() {
    node(said -> said.role = Role.PRIMARY);
    node(said -> said.captured = 5.9);
    assertThat(problems()).isEmpty();
    node(said -> said.captured = -60);
    node(said -> said.captured = 31);
    assertThat(kinds()).containsExactly(Kind.CLOCK_OFF, Kind.CLOCK_OFF);
    assertThat(problems().getFirst().message())
        .contains("'n3' is 61 seconds ahead of the server's");
    assertThat(problems().getLast().message()).contains("'n4' is 30 seconds behind the server's");
  }
}
