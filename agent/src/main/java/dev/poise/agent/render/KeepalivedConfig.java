package dev.poise.agent.render;

import dev.poise.spec.Home;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Redundancy;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Writes keepalived's configuration: one VRRP instance that has all addresses of the node.
 *
 * <p>What an advertisement carries is compared by who hears it, and nodes that differ become
 * primary both. So load balancers' addresses, which come to one node a moment earlier than to the
 * other, are not in it: they are "excluded" ones. But an instance must have one that is not; it
 * gets an address of its own, link-local and on the loopback interface, which follows from the
 * number of the router and never changes.
 *
 * <p>There is one instance, with one name, for ever: a reload that removes one drops its addresses,
 * and other instances' too.
 */
public final class KeepalivedConfig {
  /** The file's name. */
  public static final String FILE = "keepalived.conf";

  /** Where keepalived tells of every change of the instance's state. */
  public static final String FIFO = "events";

  /** Where the agent says whether the node stands for primary. */
  public static final String STANDING = "standing";

  private static final String EXCLUDED = "virtual_ipaddress_excluded";
  private static final Pattern PLACED = Pattern.compile("([0-9.]+)/32 dev (\\S+)");
  private static final String LOOPBACK = "127.";

  private KeepalivedConfig() {}

  /** An address and the interface it is put on. */
  public record Placed(IpAddress address, String networkInterface) {}

  /** Those of a load balancer's addresses that are in the node's own network. */
  public static List<IpAddress> inNodesNetwork(LoadBalancerSpec spec) {
    return switch (spec.home()) {
      case Home.Node() -> spec.vips();
      case Home.Vpc(var vpc, List<IpAddress> atEdge) -> atEdge;
    };
  }

  /**
   * The text.
   *
   * @param addresses in any order, with repetitions; those of the loopback network are on every
   *     machine and are left out
   * @param directory where the files are that keepalived reads and writes
   */
  public static String render(Redundancy.Vrrp vrrp, Collection<IpAddress> addresses, Path directory)
      throws Unrenderable {
    String own = KeepalivedText.networkInterface(vrrp.networkInterface());
    String of = KeepalivedText.networkInterface(vrrp.addressInterface());
    List<String> placed = new ArrayList<>();
    addresses.stream()
        .filter(address -> !address.text().startsWith(LOOPBACK))
        .distinct()
        .sorted(Comparator.comparing(KeepalivedConfig::octets, Arrays::compare))
        .forEach(address -> placed.add(address + "/32 dev " + of));

    ConfigText text = new ConfigText();
    text.section("global_defs {");
    text.line("vrrp_version 3");
    text.line("vrrp_check_unicast_src");
    text.line("vrrp_garp_master_delay 1");
    text.line("vrrp_garp_master_refresh 60");
    text.line("vrrp_higher_prio_send_advert true");
    text.line("max_auto_priority 50");
    text.line("script_user root");
    text.line("vrrp_notify_fifo " + KeepalivedText.file(directory.resolve(FIFO)));
    text.end();
    text.section("track_file " + STANDING + " {");
    text.line("file " + KeepalivedText.file(directory.resolve(STANDING)));
    text.end();
    text.section("vrrp_instance poise {");
    text.line("state BACKUP");
    text.line("nopreempt");
    text.line("interface " + own);
    text.line("virtual_router_id " + vrrp.routerId());
    text.line("priority " + vrrp.priority());
    text.line("advert_int " + seconds(vrrp.advertisementMillis()));
    text.line("unicast_src_ip " + vrrp.source());
    text.block("unicast_peer", peers(vrrp));
    // It refuses to be told of the interface it talks over.
    if (!of.equals(own)) text.block("track_interface", List.of(of));
    text.block("track_file", List.of(STANDING + " weight 1"));
    text.block("virtual_ipaddress", List.of(ownAddress(vrrp.routerId()) + "/32 dev lo"));
    if (!placed.isEmpty()) text.block(EXCLUDED, placed);
    text.end();
    return text.toString();
  }

  /** Without any it would tell the whole network, so who has none tells itself. */
  private static List<String> peers(Redundancy.Vrrp vrrp) {
    if (vrrp.peers().isEmpty()) return List.of("127.0.0.1");
    return vrrp.peers().stream().map(IpAddress::text).sorted().toList();
  }

  private static IpAddress ownAddress(int routerId) {
    return new IpAddress("169.254.112." + routerId);
  }

  private static int[] octets(IpAddress address) {
    return Arrays.stream(address.text().split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
  }

  /** Version 3 counts in hundredths of a second. */
  private static String seconds(int millis) {
    return BigDecimal.valueOf(millis, 3)
        .setScale(2, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** The load balancers' addresses in a text that was rendered here. */
  public static List<Placed> addressesIn(String text) {
    int begin = text.indexOf(EXCLUDED);
    if (begin < 0) return List.of();
    return PLACED.matcher(text.substring(begin)).results().map(KeepalivedConfig::placed).toList();
  }

  private static Placed placed(MatchResult line) {
    return new Placed(new IpAddress(line.group(1)), line.group(2));
  }
}
