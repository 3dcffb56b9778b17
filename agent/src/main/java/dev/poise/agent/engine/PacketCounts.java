package dev.poise.agent.engine;

import dev.poise.agent.kernel.Kernel;
import dev.poise.agent.kernel.Traffic;
import dev.poise.agent.render.Homes;
import dev.poise.agent.render.NodeRules;
import dev.poise.agent.render.NodeRules.Element;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.LoadBalancerSpec;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a load balancer has in the node's tables: one in the network it lives in, and one in the
 * node's own if some of its addresses are there.
 */
final class PacketCounts {
  private final LoadBalancerId id;
  private final Kernel home;
  private final Optional<Kernel> edge;

  PacketCounts(LoadBalancerId id, Kernel home, Optional<Kernel> edge) {
    this.id = id;
    this.home = home;
    this.edge = edge;
  }

  void put(LoadBalancerSpec spec) throws IOException {
    home.put(id, NodeRules.elements(spec, Homes.atHome(spec)));
    if (edge.isPresent()) edge.get().put(id, NodeRules.elements(spec, Homes.atEdge(spec)));
  }

  Map<Element, Traffic> read(LoadBalancerSpec spec) throws IOException {
    Map<Element, Traffic> traffic = new HashMap<>();
    read(home, NodeRules.elements(spec, Homes.atHome(spec)), traffic);
    if (edge.isPresent()) read(edge.get(), NodeRules.elements(spec, Homes.atEdge(spec)), traffic);
    return traffic;
  }

  private static void read(Kernel kernel, Set<Element> elements, Map<Element, Traffic> into)
      throws IOException {
    if (elements.isEmpty()) return;
    Map<Element, Traffic> counted = kernel.elements();
    for (Element element : elements) {
      Traffic traffic = counted.get(element);
      if (traffic != null) into.put(element, traffic);
    }
  }

  void clear() throws IOException {
    home.put(id, Set.of());
    if (edge.isPresent()) edge.get().put(id, Set.of());
  }
}
