package dev.poise.agent.network;

import dev.poise.agent.kernel.Namespace;
import dev.poise.agent.probe.ElsewhereSocket;
import dev.poise.spec.Capabilities;
import dev.poise.spec.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a machine can do about networks, found out by doing it once.
 *
 * @param features of {@link Capabilities}
 * @param missing why it cannot do the others
 */
public record Features(
    Map<String, String> versions, List<String> features, Map<String, String> missing) {
  public Features {
    versions = Map.copyOf(versions);
    features = List.copyOf(features);
    missing = Map.copyOf(missing);
  }

  /** Finds out. */
  public static Features tryOut(Ip ip, NodeId node) {
    Map<String, String> versions = new HashMap<>();
    List<String> features = new ArrayList<>();
    Map<String, String> missing = new HashMap<>();
    String name = "poise-try-" + node.text().substring(node.text().length() - 8);
    try {
      versions.put("iproute2", ip.version());
      tryNamespace(ip, name);
      features.add(Capabilities.NETNS);
      tryVxlan(ip, name);
      features.add(Capabilities.VXLAN);
    } catch (IOException | RuntimeException e) {
      String why = "" + e.getMessage();
      if (features.isEmpty()) missing.put(Capabilities.NETNS, why);
      missing.put(Capabilities.VXLAN, why);
    }
    return new Features(versions, features, missing);
  }

  private static void tryNamespace(Ip ip, String name) throws IOException {
    Edge edge = new Edge(ip, name);
    edge.attach();
    try {
      ip.set(new Namespace(name, 0), Map.of());
      ElsewhereSocket.tryOut(name);
    } finally {
      edge.detach();
    }
  }

  private static void tryVxlan(Ip ip, String name) throws IOException {
    ip.run("netns", "add", name);
    try {
      ip.run(
          ("link add " + Vxlans.INTERFACE + " netns " + name + " type vxlan id 1 dstport 4789")
              .split(" ", -1));
    } finally {
      ip.run("netns", "del", name);
    }
  }

  /** Why there are no networks of VPCs, if so. */
  public Optional<String> whyNoNetworks() {
    return Optional.ofNullable(missing.get(Capabilities.NETNS));
  }
}
