package dev.poise.agent.render;

import dev.poise.agent.render.NodeRules.Element;
import dev.poise.spec.AddressRange;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a node carries, as far as the rules of its nftables table depend on it. All else is in the
 * sets that the rules ask.
 *
 * @param addresses the smallest range with all addresses of load balancers; empty if there are none
 * @param datagrams whether a listener speaks UDP
 */
public record Carried(Optional<AddressRange> addresses, boolean datagrams) {
  public static final Carried NOTHING = new Carried(Optional.empty(), false);

  /** All that a node could carry. */
  public static final Carried EVERYTHING =
      new Carried(Optional.of(new AddressRange("0.0.0.0/0")), true);

  /** What these elements of the table's sets stand for. */
  public static Carried by(Collection<Element> elements) {
    return new Carried(
        elements.stream()
            .flatMap(element -> NodeRules.vip(element).stream())
            .map(AddressRange::of)
            .reduce(AddressRange::covering),
        elements.stream().anyMatch(element -> element.set().equals(NodeRules.DATAGRAMS)));
  }

  /** What a node carries that carries both. */
  public Carried and(Carried other) {
    return new Carried(
        Stream.of(addresses, other.addresses)
            .flatMap(Optional::stream)
            .reduce(AddressRange::covering),
        datagrams || other.datagrams);
  }
}
