package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import dev.poise.spec.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Whether a firewall drops what the other nodes of the cluster say by VRRP. A node that does not
 * hear them takes the addresses too.
 *
 * <p>A table in the way is one whose chain at the input hook drops what no rule took, and in which
 * no rule takes VRRP. Every such table must let a packet through, so each is looked at by itself.
 * Rules are read for what firewalls commonly say, not computed: that is why it only warns.
 */
record FirewallCheck(Nftables nftables, Orders orders) implements Check {
  private static final String VRRP = "112";

  @Override
  public List<Finding> findings() throws IOException {
    if (!orders.sharesAddresses()) return List.of();
    return findings(nftables.list("ruleset"), orders.peers());
  }

  static List<Finding> findings(JsonNode items, List<IpAddress> peers) {
    List<Finding> findings = new ArrayList<>();
    for (JsonNode item : items) {
      JsonNode chain = item.path("chain");
      if (!chain.path("hook").asString("").equals("input")) continue;
      if (!isIpv4(chain) || !drops(chain, items) || accepts(chain, items, peers)) continue;
      findings.add(
          new Warn(
              "table %s %s drops VRRP of the other nodes"
                  .formatted(chain.path("family").asString(), chain.path("table").asString()),
              "nft add rule %s %s %s ip protocol vrrp ip saddr { %s } accept, before what drops"
                  .formatted(
                      chain.path("family").asString(),
                      chain.path("table").asString(),
                      chain.path("name").asString(),
                      peers.stream().map(IpAddress::text).collect(Collectors.joining(", ")))));
    }
    if (findings.isEmpty()) findings.add(new Ok("no firewall drops VRRP"));
    return findings;
  }

  private static boolean isIpv4(JsonNode chain) {
    return List.of("ip", "inet").contains(chain.path("family").asString());
  }

  private static boolean drops(JsonNode chain, JsonNode items) {
    if (chain.path("policy").asString("").equals("drop")) return true;
    for (JsonNode item : items) {
      JsonNode rule = item.path("rule");
      boolean here =
          isInTableOf(chain, rule)
              && rule.path("chain").asString().equals(chain.path("name").asString());
      boolean ofEverything = rule.findValue("match") == null && rule.findValue("xt") == null;
      if (here && ofEverything && (says(rule, "drop") || says(rule, "reject"))) return true;
    }
    return false;
  }

  private static boolean accepts(JsonNode chain, JsonNode items, List<IpAddress> peers) {
    for (JsonNode item : items) {
      JsonNode rule = item.path("rule");
      if (isInTableOf(chain, rule) && says(rule, "accept") && isMetBy(rule, peers)) return true;
    }
    return false;
  }

  private static boolean isInTableOf(JsonNode chain, JsonNode rule) {
    return rule.has("expr")
        && rule.path("family").equals(chain.path("family"))
        && rule.path("table").equals(chain.path("table"));
  }

  private static boolean says(JsonNode rule, String verdict) {
    for (JsonNode part : rule.path("expr")) if (part.has(verdict)) return true;
    return false;
  }

  /** Whether VRRP of a peer is what the rule is for, or everything is. */
  private static boolean isMetBy(JsonNode rule, List<IpAddress> peers) {
    for (JsonNode part : rule.path("expr")) {
      // What iptables wrote in its own way cannot be read.
      if (part.has("xt")) return false;
      JsonNode match = part.path("match");
      if (match.isMissingNode()) continue;
      String what = subject(match.path("left"));
      List<String> values = values(match.path("right"));
      boolean said =
          switch (what) {
            case "protocol" -> values.contains(VRRP) || values.contains("vrrp");
            case "source" -> peers.stream().map(IpAddress::text).anyMatch(values::contains);
            // Which interface peers come through is not known here; it is not this one.
            case "interface" -> !values.contains("lo");
            default -> false;
          };
      if (!said) return false;
    }
    return true;
  }

  private static String subject(JsonNode left) {
    String field = left.path("payload").path("field").asString("");
    String key = left.path("meta").path("key").asString("");
    if (field.equals("protocol") || key.equals("l4proto")) return "protocol";
    if (field.equals("saddr")) return "source";
    return key.equals("iifname") || key.equals("iif") ? "interface" : "other";
  }

  private static List<String> values(JsonNode right) {
    List<String> values = new ArrayList<>();
    if (right.has("set")) {
      for (JsonNode each : right.path("set")) values.addAll(values(each));
    } else if (right.isValueNode()) {
      values.add(right.asString());
    }
    return values;
  }
}
