package dev.poise.server.loadbalancer;

import dev.poise.server.platform.Refusal;
import dev.poise.server.securitygroup.SecurityGroupId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the deletion of something would come to.
 *
 * @param possible whether it would be done
 */
@Schema(name = "DeletionPreview")
record DeletionPreview(
    boolean possible,
    @Schema(description = "What stands in the way") List<Obstacle> obstacles,
    @Schema(description = "What would go") List<Thing> deleted,
    @Schema(description = "What stays, but is not used here any more") List<Thing> unbound) {

  /** A reason for which it would be refused. */
  @Schema(name = "DeletionObstacle")
  record Obstacle(@Schema(example = "/problems/deletion-protected") String type, String detail) {
    static Obstacle of(Refusal refusal) {
      return new Obstacle("/problems/" + refusal.type().slug(), refusal.detail());
    }
  }

  /** Something that would go or be let go of. */
  @Schema(name = "DeletionTarget")
  record Thing(
      @Schema(example = "listener") String kind,
      String id,
      @Schema(description = "Of a rule its domain and path; empty of what is unbound")
          String name) {}

  /** Of parts that one form of a load balancer has and another has not. */
  static DeletionPreview of(List<Refusal> refusals, LoadBalancer before, LoadBalancer after) {
    return of(refusals, List.of(), before, after);
  }

  /** Of a whole load balancer. */
  static DeletionPreview ofWhole(List<Refusal> refusals, LoadBalancer before, LoadBalancer after) {
    Thing whole = new Thing("load-balancer", before.id().text(), before.name());
    return of(refusals, List.of(whole), before, after);
  }

  /** Of a pool by itself, whose load balancer may not be able to be without it. */
  static DeletionPreview of(List<Refusal> refusals, Pool pool) {
    return new DeletionPreview(
        refusals.isEmpty(),
        refusals.stream().map(Obstacle::of).toList(),
        things(pool).toList(),
        List.of());
  }

  private static DeletionPreview of(
      List<Refusal> refusals, List<Thing> first, LoadBalancer before, LoadBalancer after) {
    Set<String> left =
        Stream.concat(
                after.listeners().stream().flatMap(DeletionPreview::things),
                after.pools().stream().flatMap(DeletionPreview::things))
            .map(Thing::id)
            .collect(Collectors.toSet());
    List<Thing> deleted = new ArrayList<>(first);
    Stream.concat(
            before.listeners().stream().flatMap(DeletionPreview::things),
            before.pools().stream().flatMap(DeletionPreview::things))
        .filter(thing -> !left.contains(thing.id()))
        .forEach(deleted::add);
    Set<String> certificates = certificates(before);
    certificates.removeAll(certificates(after));
    List<Thing> unbound = new ArrayList<>();
    certificates.forEach(id -> unbound.add(new Thing("certificate", id, "")));
    @Nullable SecurityGroupId group = before.admission().group();
    if (group != null && after.admission().group() == null)
      unbound.add(new Thing("security-group", group.text(), ""));
    return new DeletionPreview(
        refusals.isEmpty(), refusals.stream().map(Obstacle::of).toList(), deleted, unbound);
  }

  private static Set<String> certificates(LoadBalancer loadBalancer) {
    return loadBalancer.certificates().entrySet().stream()
        .map(Map.Entry::getValue)
        .flatMap(Set::stream)
        .map(Object::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<Thing> things(Listener listener) {
    return Stream.concat(
        Stream.of(new Thing("listener", listener.id().text(), listener.name())),
        listener.rules().stream().map(rule -> new Thing("rule", rule.id().text(), rule.place())));
  }

  private static Stream<Thing> things(Pool pool) {
    return Stream.concat(
        Stream.of(new Thing("pool", pool.id().text(), pool.name())),
        pool.members().stream()
            .map(member -> new Thing("member", member.id().text(), member.name())));
  }
}
