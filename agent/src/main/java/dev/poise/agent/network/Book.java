package dev.poise.agent.network;

import dev.poise.agent.ledger.DurableFile;
import dev.poise.spec.IpAddress;
import dev.poise.spec.LoadBalancerId;
import dev.poise.spec.SpecJson;
import dev.poise.spec.VpcId;
import dev.poise.spec.VpcNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * What is known of networks, on disk: a load balancer that is removed by the next run of the agent
 * is removed from the right namespace, and an address that should stay is never taken away in
 * between.
 */
final class Book {
  private static final Logger log = LoggerFactory.getLogger(Book.class);

  private final Path file;
  private final Map<VpcId, VpcNetwork> networks = new TreeMap<>(Comparator.comparing(VpcId::text));
  private final Map<LoadBalancerId, Use> uses =
      new TreeMap<>(Comparator.comparing(LoadBalancerId::text));
  private String written = "";

  /** That a load balancer lives in a network, and its addresses there. */
  record Use(LoadBalancerId loadBalancer, VpcId vpc, List<IpAddress> addresses) {
    Use {
      addresses = List.copyOf(addresses);
    }
  }

  private record Stored(List<VpcNetwork> networks, List<Use> uses) {}

  private Book(Path file) {
    this.file = file;
  }

  static Book open(Path dataDirectory) throws IOException {
    Book book = new Book(dataDirectory.resolve("networks.json"));
    if (Files.exists(book.file)) book.read(Files.readString(book.file));
    return book;
  }

  private void read(String text) {
    try {
      Stored stored = SpecJson.read(text, Stored.class);
      stored.networks().forEach(network -> networks.put(network.vpc(), network));
      stored.uses().forEach(use -> uses.put(use.loadBalancer(), use));
      written = text;
    } catch (JacksonException e) {
      log.warn("{} cannot be read and is written anew", file, e);
    }
  }

  /** Brings to disk what changed. */
  void write() throws IOException {
    Stored stored = new Stored(new ArrayList<>(networks.values()), new ArrayList<>(uses.values()));
    String text = SpecJson.write(stored);
    boolean empty = networks.isEmpty() && uses.isEmpty();
    if (text.equals(written) || (empty && written.isEmpty())) return;
    DurableFile.write(file, text);
    written = text;
  }

  List<VpcNetwork> networks() {
    return List.copyOf(networks.values());
  }

  void put(VpcNetwork network) {
    networks.put(network.vpc(), network);
  }

  void remove(VpcId vpc) {
    networks.remove(vpc);
  }

  void put(Use use) {
    uses.put(use.loadBalancer(), use);
  }

  void remove(LoadBalancerId loadBalancer) {
    uses.remove(loadBalancer);
  }

  /** Forgets load balancers that are not among those. */
  void keep(Set<LoadBalancerId> loadBalancers) {
    uses.keySet().retainAll(loadBalancers);
  }

  boolean isUsed(VpcId vpc) {
    return uses.values().stream().anyMatch(use -> use.vpc().equals(vpc));
  }

  /** The addresses of load balancers in a network. */
  Set<IpAddress> addressesIn(VpcId vpc) {
    Set<IpAddress> addresses = new HashSet<>();
    for (Use use : uses.values()) if (use.vpc().equals(vpc)) addresses.addAll(use.addresses());
    return addresses;
  }
}
