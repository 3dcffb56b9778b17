package dev.poise.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.poise.agent.kernel.Tool;
import dev.poise.agent.support.Command;
import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules are those of a real kernel: nft makes and lists them in a network nobody else is in.
 */
class FirewallCheckTest {
  private static final List<IpAddress> PEERS = List.of(new IpAddress("10.0.0.2"));

  @TempDir Path directory;

  private String listed(String rules) throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "nftables needs root");
    Path file = Files.writeString(directory.resolve("rules"), rules.replace("} }", "}\n}\n"));
    String script = "nft -f " + file + " && nft -n -j list ruleset";
    Command made = Command.run(directory, List.of("unshare", "--net", "sh", "-c", script));
    assertThat(made.exit()).as(made.output()).isZero();
    return made.output();
  }

  private String line(String rules) throws IOException, InterruptedException {
    List<Finding> findings = FirewallCheck.findings(Nftables.items(listed(rules)), PEERS);
    assertThat(findings).hasSize(1);
    return findings.getFirst().line();
  }

  private static String dropping(String rules) {
    return "table inet filter { chain input { type filter hook input priority 0; policy drop; "
        + rules
        + " } }";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ct state established,related accept; iifname lo accept; tcp dport 22 accept;",
        "ip protocol icmp accept;",
        "ip saddr 10.9.9.9 accept;",
        "ip saddr 10.0.0.2 tcp dport 80 accept;",
        "meta l4proto vrrp drop;"
      })
  void aFirewallThatDoesNotLetVrrpThroughIsNamedWithTheRuleItLacks(String rules) throws Exception {
    assertThat(line(dropping(rules)))
        .startsWith("warn  table inet filter drops VRRP")
        .contains("nft add rule inet filter input ip protocol vrrp ip saddr { 10.0.0.2 } accept");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ip protocol vrrp accept;",
        "meta l4proto 112 accept;",
        "meta l4proto { tcp, 112 } accept;",
        "iifname eth0 ip protocol 112 ip saddr { 10.0.0.2, 10.0.0.3 } accept;",
        "ip saddr 10.0.0.2 accept;",
        "counter accept;"
      })
  void aFirewallThatLetsItThroughIsNotInTheWay(String rules) throws Exception {
    assertThat(line(dropping(rules))).isEqualTo("ok    no firewall drops VRRP");
  }

  @Test
  void whatIsDroppedByALastRuleIsDroppedAsWell() throws Exception {
    String rules =
        "table ip f { chain in { type filter hook input priority 0; policy accept; tcp dport 22"
            + " accept; reject; } }";
    assertThat(line(rules)).startsWith("warn  table ip f drops VRRP");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "table ip f { chain in { type filter hook input priority 0; policy accept; } }",
        "table ip f { chain out { type filter hook output priority 0; policy drop; } }",
        "table ip6 f { chain in { type filter hook input priority 0; policy drop; } }"
      })
  void whatDoesNotDropIncomingPacketsIsNotInTheWay(String rules) throws Exception {
    assertThat(line(rules)).startsWith("ok");
  }

  @Test
  void everyTableMustLetItThrough() throws Exception {
    String rules =
        dropping("ip protocol vrrp accept;")
            + "\ntable ip other { chain in { type filter hook input priority 5; policy drop; } }";
    assertThat(line(rules)).startsWith("warn  table ip other drops VRRP");
  }

  @Test
  void isNotLookedAtWhereNoAddressesAreShared() throws Exception {
    Orders alone = new Orders(false, List.of(), true, List.of());
    assertThat(new FirewallCheck(new Nftables(new Tool("/nowhere/nft")), alone).findings())
        .isEmpty();
  }

  @Test
  void whatCannotBeReadIsNotTakenForGood() {
    Orders shared = new Orders(true, PEERS, false, List.of());
    assertThatThrownBy(() -> new FirewallCheck(new Nftables(new Tool("false")), shared).findings())
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Nftables.items("table ip f")).isInstanceOf(IOException.class);
  }
}
