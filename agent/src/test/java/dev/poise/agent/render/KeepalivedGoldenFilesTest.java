package dev.poise.agent.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.poise.agent.support.Command;
import dev.poise.agent.support.Specs;
import dev.poise.spec.Home;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Redundancy;
import dev.poise.spec.Redundancy.Handover;
import dev.poise.spec.SpecJson;
import dev.poise.spec.VpcId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares keepalived's configuration with the files in {@code src/test/golden-vrrp}: what is asked
 * for, a line of dashes, the text. Each is fed to the real keepalived as well, in a network that
 * has the interfaces.
 */
class KeepalivedGoldenFilesTest {
  private static final Path FILES = Path.of("src/test/golden-vrrp");
  private static final String DASHES = "\n----\n";
  private static final Path RUN = Path.of("/run/poise/vrrp");

  @TempDir Path directory;

  private record Asked(Redundancy redundancy, List<IpAddress> addresses) {}

  private static String render(Asked asked) throws Unrenderable {
    if (!(asked.redundancy() instanceof Redundancy.Vrrp vrrp)) throw new AssertionError(asked);
    return KeepalivedConfig.render(vrrp, asked.addresses(), RUN);
  }

  @TestFactory
  Stream<DynamicTest> everyFileIsWhatIsRenderedAndKeepalivedAcceptsIt() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(FILES)) {
      files = found.sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(2);
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> compare(file)));
  }

  private void compare(Path file) throws Exception {
    String json = Files.readString(file).split(DASHES, 2)[0];
    String text = render(SpecJson.read(json, Asked.class));
    String actual = json + DASHES + text;
    if ("write".equals(System.getProperty("golden"))) Files.writeString(file, actual);
    assertThat(actual).isEqualTo(Files.readString(file));
    assertThat(check(text)).isEqualTo(new Command(0, ""));
  }

  private Command check(String text) throws Exception {
    assumeThat(System.getProperty("user.name")).as("a network needs root").isEqualTo("root");
    Path file = directory.resolve("keepalived.conf");
    Files.writeString(file, text);
    String script = "ip link add eth0 type veth peer name eth1 && keepalived -t -f " + file;
    return Command.run(directory, List.of("unshare", "-n", "sh", "-c", script));
  }

  @Test
  void theCheckerCanSayNo() throws Exception {
    String text = render(new Asked(vrrp("eth7"), List.of()));
    Command run = check(text);
    assertThat(run.exit()).isNotZero();
    assertThat(run.output()).contains("interface eth7 for vrrp_instance poise doesn't exist");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "eth0 }",
        "eth0\n",
        "$(id)",
        "#eth0",
        "!eth0",
        "interface-name-too-long",
        "a/b"
      })
  void aNameThatCouldBeSomethingElseIsRefused(String name) {
    assertThatThrownBy(() -> render(new Asked(vrrp(name), List.of())))
        .isInstanceOf(Unrenderable.class)
        .hasMessageContaining("is not the name of a network interface");
  }

  private static Redundancy.Vrrp vrrp(String networkInterface) {
    return new Redundancy.Vrrp(
        1,
        100,
        1000,
        networkInterface,
        "eth0",
        new IpAddress("10.0.0.1"),
        List.of(new IpAddress("10.0.0.2")),
        false,
        Handover.NONE);
  }

  @Test
  void whatWasRenderedCanBeReadBack() throws Exception {
    List<IpAddress> addresses = List.of(new IpAddress("10.0.0.9"), new IpAddress("10.0.0.10"));
    assertThat(KeepalivedConfig.addressesIn(render(new Asked(vrrp("eth0"), addresses))))
        .containsExactly(
            new KeepalivedConfig.Placed(new IpAddress("10.0.0.9"), "eth0"),
            new KeepalivedConfig.Placed(new IpAddress("10.0.0.10"), "eth0"));
    assertThat(KeepalivedConfig.addressesIn(render(new Asked(vrrp("eth0"), List.of())))).isEmpty();
    assertThat(KeepalivedConfig.addressesIn("")).isEmpty();
  }

  @Test
  void ofALoadBalancerInAVpcOnlyTheEdgeIsInTheNodesNetwork() {
    LoadBalancerSpec spec = new Specs(new IpAddress("10.0.0.9")).next();
    assertThat(KeepalivedConfig.inNodesNetwork(spec)).isEqualTo(spec.vips()).isNotEmpty();
    IpAddress edge = new IpAddress("203.0.113.1");
    LoadBalancerSpec inVpc =
        new LoadBalancerSpec(
            spec.id(),
            spec.generation(),
            new Home.Vpc(VpcId.generate(Instant.EPOCH), List.of(edge)),
            List.of(edge, new IpAddress("10.1.0.5")),
            spec.pingSources(),
            spec.listeners(),
            spec.pools());
    assertThat(KeepalivedConfig.inNodesNetwork(inVpc)).containsExactly(edge);
  }
}
