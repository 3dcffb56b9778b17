package dev.poise.bench;

import dev.poise.agent.link.Pin;
import dev.poise.agent.link.Registration;
import dev.poise.agent.link.ServerAddress;
import dev.poise.bench.SimulatedNode.Account;
import dev.poise.spec.IpAddress;
import dev.poise.spec.JoinAnswer;
import dev.poise.spec.JoinRequest;
import dev.poise.spec.LoadBalancerId;
import dev.poise.standalone.ApiClient;
import dev.poise.standalone.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * What a large installation has in its database: one tenant with clusters of two nodes, and load
 * balancers with one HTTP listener each. All of it is made through the API.
 *
 * <p>Every load balancer asks for an address of its own, because many who take "the lowest free
 * one" at once get into each other's way; which cluster it gets is up to the server.
 */
final class Estate {
  private static final Site.Names NAMES = new Site.Names("large", "large", "large", "cluster-0");
  private static final String CIDR = "10.96.0.0/16";
  private static final int ADDRESSES_IN_A_ROW = 250;

  private static final int FIRST_WEIGHT = 50;

  private final ApiClient api;
  private final Site site;
  private final int membersOfEach;
  private final Map<LoadBalancerId, Integer> weights = new ConcurrentHashMap<>();
  private final List<Account> nodes = new ArrayList<>();
  private final List<LoadBalancerId> loadBalancers =
      Collections.synchronizedList(new ArrayList<>());

  Estate(ApiClient api, int membersOfEach) {
    this.api = api;
    this.membersOfEach = membersOfEach;
    site = Site.ensure(api, NAMES, CIDR);
    Quotas.raise(api, 1_000_000, 10_000_000);
  }

  /** Makes nodes, two in each cluster, which join as machines do. */
  void makeNodes(int count) {
    Site place = site;
    for (int i = 0; i < count; i++) {
      if (i > 0 && i % 2 == 0) place = siteWithCluster(i / 2);
      nodes.add(joined(place, i));
    }
  }

  private Account joined(Site place, int number) {
    String name = "node-" + number;
    Site.JoinToken token = place.joinToken(api, name);
    ServerAddress server =
        new ServerAddress(URI.create(token.serverUrl()), Set.of(new Pin(token.pin())));
    IpAddress address = new IpAddress("10.64.%d.%d".formatted(number / 250, 1 + number % 250));
    try {
      JoinAnswer joined =
          new Registration(server).join(new JoinRequest(token.token(), name, address));
      return new Account(server, joined.node(), joined.key());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a node joined", e);
    }
  }

  private Site siteWithCluster(int number) {
    JsonNode made =
        api.post(
            "/clusters",
            Map.of("name", "cluster-" + number, "dataCenterId", site.dataCenter(), "model", "x86"));
    return new Site(site.dataCenter(), site.vpc(), site.subnet(), made.path("id").asString());
  }

  List<Account> nodes() {
    return List.copyOf(nodes);
  }

  /** Makes load balancers until there are so many. */
  void growTo(int count, int clients) {
    int first = loadBalancers.size();
    List<Thread> threads =
        IntStream.range(0, clients)
            .mapToObj(client ->
                Thread.startVirtualThread(() -> {
                  for (int i = first + client; i < count; i += clients) make(i);
                }))
            .toList();
    for (Thread thread : threads) Pace.join(thread);
    if (loadBalancers.size() != count) {
      throw new IllegalStateException(
          "only " + loadBalancers.size() + " of " + count + " load balancers could be made");
    }
  }

  private void make(int number) {
    List<Map<String, Object>> members =
        IntStream.range(0, membersOfEach)
            .mapToObj(i ->
                Map.<String, Object>of(
                    "address", memberAddress(number, i), "port", 80, "weight", 10))
            .toList();
    Map<String, Object> listener =
        Map.of("protocol", "HTTP", "port", 80, "defaultPool", Map.of("members", members));
    ApiClient.Answer answer =
        api.send(
            "POST",
            "/load-balancers",
            Optional.of(
                Map.of(
                    "name",
                    "service-%05d".formatted(number),
                    "networkType",
                    "INTERNAL",
                    "subnetId",
                    site.subnet(),
                    "address",
                    address(number),
                    "listeners",
                    List.of(listener))),
            Map.of());
    if (!answer.succeeded()) throw new IllegalStateException(answer.toString());
    loadBalancers.add(new LoadBalancerId(answer.json().path("id").asString()));
  }

  private static String address(int number) {
    return "10.96.%d.%d".formatted(number / ADDRESSES_IN_A_ROW, 1 + number % ADDRESSES_IN_A_ROW);
  }

  private String memberAddress(int number, int member) {
    int host = number * membersOfEach + member;
    return "10.%d.%d.%d".formatted(128 + (host >> 16), host >> 8 & 255, host & 255);
  }

  /** A weight that the members of the load balancer do not have; each time another one. */
  int nextWeight(LoadBalancerId loadBalancer) {
    return weights.merge(loadBalancer, FIRST_WEIGHT, (before, _) -> before % 100 + 1);
  }

  /** Those that were made, in no order that means anything. */
  List<LoadBalancerId> loadBalancers() {
    synchronized (loadBalancers) {
      return List.copyOf(loadBalancers);
    }
  }
}
