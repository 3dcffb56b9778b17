package dev.poise.agent.doctor;

import dev.poise.agent.doctor.Finding.Ok;
import dev.poise.agent.doctor.Finding.Warn;
import dev.poise.agent.render.NodeRules;
import dev.poise.spec.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Whether the kernel has rules of another node, which this machine was before it joined anew, or
 * which was ended without {@code stop-all}: they go on forwarding, and every packet passes them.
 */
record TablesCheck(Nftables nftables, NodeId node) implements Check {
  @Override
  public List<Finding> findings() throws IOException {
    return findings(nftables.list("tables"), node);
  }

  static List<Finding> findings(JsonNode items, NodeId node) {
    List<Finding> findings = new ArrayList<>();
    for (JsonNode item : items) {
      JsonNode table = item.path("table");
      String name = table.path("name").asString("");
      if (!NodeRules.isTable(name) || name.equals(NodeRules.tableOf(node))) continue;
      findings.add(
          new Warn(
              "table ip " + name + " is another node's",
              "if that node does not run on this machine: nft delete table ip " + name));
    }
    if (findings.isEmpty()) findings.add(new Ok("no other node has rules in the kernel"));
    return findings;
  }
}
