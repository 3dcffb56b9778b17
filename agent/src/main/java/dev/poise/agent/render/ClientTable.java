package dev.poise.agent.render;

import dev.poise.spec.AddressRange;
import dev.poise.spec.IpAddress;
import dev.poise.spec.ListenerId;
import dev.poise.spec.ListenerSpec;
import dev.poise.spec.LoadBalancerSpec;
import dev.poise.spec.Protocol;
import dev.poise.spec.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which clients one listener lets in, as a table that HAProxy looks addresses up in.
 *
 * <p>It is consulted where a connection is accepted, before anything is read from it, and for HTTP
 * again at each request, because a client may be shut out while its connection is open. A table
 * without entries lets nobody in; without the file HAProxy does not start.
 *
 * @param ranges rising, none overlaps another
 */
public record ClientTable(ListenerId listener, List<AddressRange> ranges) {
  public ClientTable {
    ranges = List.copyOf(ranges);
  }

  /** The tables of all listeners of HAProxy that do not let everybody in. */
  public static List<ClientTable> of(LoadBalancerSpec spec) {
    List<ClientTable> tables = new ArrayList<>();
    for (ListenerSpec listener : spec.listeners()) {
      if (listener.protocol() instanceof Protocol.Udp) continue;
      switch (listener.sources()) {
        case Sources.Anyone() -> {}
        case Sources.Only(List<AddressRange> ranges) ->
            tables.add(new ClientTable(listener.id(), ranges));
      }
    }
    return tables;
  }

  /** The name of its file, by which a process knows it as well. */
  public String file() {
    return "clients/" + listener + ".map";
  }

  /** Its lines. */
  public RuleMap map() {
    TreeMap<String, String> entries = new TreeMap<>();
    for (AddressRange range : ranges) entries.put(range.text(), "in");
    return new RuleMap(entries);
  }

  /** Asks for one address after the other. */
  public Lookup lookup() {
    TreeMap<Long, Long> lastByFirst = new TreeMap<>();
    for (AddressRange range : ranges) lastByFirst.put(range.first(), range.last());
    return address -> {
      long number = AddressRange.of(address).first();
      Map.Entry<Long, Long> range = lastByFirst.floorEntry(number);
      return range != null && number <= range.getValue();
    };
  }

  /** Knows who is let in. */
  public interface Lookup {
    /** Whether a client with that address is let in. */
    boolean admits(IpAddress address);
  }
}
